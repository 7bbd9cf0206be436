import { declareCookie } from '../../platform/cookie.ts'

/** The ticket, on the host of a module behind a proxy. */
export const ticketCookie = declareCookie('module')

/** By which a browser that is on its way into a module is known when it comes back. On the module's host too. */
export const nonceCookie = declareCookie('module-visit')
