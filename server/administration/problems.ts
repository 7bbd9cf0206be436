import { Problem } from '../platform/problem.ts'

export const changedMeanwhile = () => new Problem(409, 'changed_meanwhile', 'Somebody else has changed this meanwhile.')
export const lastAdministrator = () =>
  new Problem(409, 'last_administrator', 'This is the last enabled account with the built-in profile Administrator.')
