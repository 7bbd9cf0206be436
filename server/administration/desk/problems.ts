import { Problem } from '../../platform/problem.ts'

export const attemptsUsedUp = () =>
  new Problem(409, 'attempts_used_up', 'The password is disabled until it is reset: there were too many wrong ones in a row.')
