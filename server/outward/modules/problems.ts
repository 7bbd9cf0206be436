import { Problem } from '../../platform/problem.ts'

export const moduleNotFound = () => new Problem(404, 'module_not_found', 'There is no such module.')
export const tooManySecrets = () =>
  new Problem(
    409,
    'too_many_secrets',
    'Two secrets are valid already. Take one back, or wait until the older one is no longer used.',
  )
export const moduleKeepsNoSecret = () => new Problem(409, 'module_keeps_no_secret', 'A module of this kind keeps no secret.')
