import { Problem } from '../platform/problem.ts'

/** Source: RFC 9110, 15.5.20 (421 Misdirected Request). */
export const hostUnknown = () => new Problem(421, 'host_unknown', 'No instance answers at this host name.')
