import { declareCookie } from '../platform/cookie.ts'

/** The secret of a sign-in that waits for its next step. Ends with the browser. */
export const signInCookie = declareCookie('pending')
