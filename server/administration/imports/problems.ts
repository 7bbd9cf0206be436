import { Problem } from '../../platform/problem.ts'

export const importNotFound = () => new Problem(404, 'import_not_found', 'There is no such import within reach.')
export const mappingIncomplete = () =>
  new Problem(
    422,
    'mapping_incomplete',
    'The columns must say where the username and the full name are, and each field only once.',
  )
export const importNotReady = () =>
  new Problem(409, 'import_not_ready', 'The import is not in a state in which this can be done.')
export const importChanged = () => new Problem(409, 'import_changed', 'Somebody else has begun another dry run of this import.')
export const importInUse = (count: number) =>
  new Problem(409, 'import_in_use', `${count} of its accounts have logged in, so it stays.`, { values: { count } })
export const importBeyondReach = (count: number) =>
  new Problem(409, 'import_beyond_reach', `${count} of its accounts are out of reach, or have permissions that who asks lacks.`, {
    values: { count },
  })
