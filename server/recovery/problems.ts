import { Problem } from '../platform/problem.ts'

/** One refusal for links that are broken, used, expired or void: which of them it is would help only who tries some. */
export const linkInvalid = () => new Problem(410, 'recovery_link_invalid', 'This link does not work, or not any more.')
export const askedTooOften = (seconds: number) =>
  new Problem(429, 'recovery_asked_too_often', 'Too many requests for a new password from this address.', {
    retryAfterSeconds: seconds,
    values: { minutes: Math.ceil(seconds / 60) },
  })
export const requestNotFound = () =>
  new Problem(404, 'recovery_request_not_found', 'There is no such recovery request within reach.')
/** @param by the full name of who was faster */
export const requestSettled = (by: string) =>
  new Problem(409, 'recovery_request_settled', 'Somebody has settled this request already.', { values: { by } })
export const requestOver = () =>
  new Problem(409, 'recovery_request_over', 'This request has expired, or the account has got another password since.')
