import { Problem } from '../../platform/problem.ts'

export const factorNotFound = () => new Problem(404, 'factor_not_found', 'There is no such second factor.')
