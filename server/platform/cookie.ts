// Cookies: one way to set them. Source: ASVS 5.0, 3.3.1 to 3.3.4; NIST SP 800-63B-4, 5.1.1.
import type {} from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Every cookie of Gatehouse, and what it holds. The prefix binds it to this host, to https and to the whole site. */
export const cookieNames = {
  /** The secret of a live session. Ends with the browser. */
  session: '__Host-gatehouse-session',
  /** The secret of a proven login that waits for its next step. Ends with the browser. */
  pending: '__Host-gatehouse-pending',
  /** The secret of a link in a message that was opened here. Short-lived; opening the link again brings it back. */
  recovery: '__Host-gatehouse-recovery',
  /** A random value that forms are bound to before anybody is logged in. Ends with the browser. */
  visit: '__Host-gatehouse-visit',
  /** A random value by which this browser is known again; it says nothing of who used it. */
  device: '__Host-gatehouse-device',
  language: '__Host-gatehouse-language',
} as const

type CookieName = keyof typeof cookieNames

/** For how long a browser remembers the language that somebody chose in it. */
export const languageDays = 365

const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const

/** @param days for how long the browser keeps it; a cookie without, the session's first of all, ends with the browser */
export function setCookie(reply: FastifyReply, name: CookieName, value: string, days?: number): void {
  reply.setCookie(cookieNames[name], value, days === undefined ? attributes : { ...attributes, maxAge: days * 24 * 60 * 60 })
}

export function clearCookie(reply: FastifyReply, name: CookieName): void {
  reply.clearCookie(cookieNames[name], attributes)
}

/** The cookie's value; undefined when it is missing or cannot be one that Gatehouse made. */
export function readCookie(request: FastifyRequest, name: CookieName): string | undefined {
  const value = request.cookies[cookieNames[name]]
  return value !== undefined && /^[\w-]{2,64}$/.test(value) ? value : undefined
}
