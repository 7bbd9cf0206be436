import { Problem } from '../../platform/problem.ts'

export const lastAdministrator = () =>
  new Problem(409, 'last_administrator', 'This is the last Administrator who can log in at every moment.')
