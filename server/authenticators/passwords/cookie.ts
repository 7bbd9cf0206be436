import { declareCookie } from '../../platform/cookie.ts'

/** A random value by which this browser is known again; it says nothing of who used it. */
export const deviceCookie = declareCookie('device')
