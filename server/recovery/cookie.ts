import { declareCookie } from '../platform/cookie.ts'

/** The secret of a link in a message that was opened here. Short-lived; opening the link again brings it back. */
export const recoveryCookie = declareCookie('recovery')
