import { declareCookie } from '../platform/cookie.ts'

/** The secret of a live session. Ends with the browser. */
export const sessionCookie = declareCookie('session')
