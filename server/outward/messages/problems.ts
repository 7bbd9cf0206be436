import { Problem } from '../../platform/problem.ts'

export const messageNotFound = () => new Problem(404, 'message_not_found', 'There is no such message to an account within reach.')
export const messageNotFailed = () =>
  new Problem(409, 'message_not_failed', 'The message has not failed, or the account has got another password since.')
export const noEmail = () => new Problem(409, 'no_email', 'The account has no email address.')
export const accountIsDisabled = () => new Problem(409, 'account_is_disabled', 'The account is disabled.')
