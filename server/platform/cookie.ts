// Cookies: one way to set them. Source: ASVS 5.0, 3.3.1 to 3.3.4; NIST SP 800-63B-4, 5.1.1.
import type {} from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** A cookie, declared by whoever owns what it holds. */
export type Cookie = Readonly<{ name: string }>

const declared = new Set<string>()

/**
 * Declares a cookie. The prefix binds it to this host, to https and to the whole site.
 * @throws Error when there is one of that name
 */
export function declareCookie(name: string): Cookie {
  if (declared.has(name)) throw new Error(`there are two cookies called ${name}`)
  declared.add(name)
  return { name: `__Host-gatehouse-${name}` }
}

/** A random value that forms are bound to before anybody is known. Ends with the browser. */
export const visitCookie = declareCookie('visit')

/** The language that somebody chose in this browser, which remembers it for so many days. */
export const languageCookie = declareCookie('language')
export const languageDays = 365

const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const

/** @param days for how long the browser keeps it; a cookie without ends with the browser */
export function setCookie(reply: FastifyReply, { name }: Cookie, value: string, days?: number): void {
  reply.setCookie(name, value, days === undefined ? attributes : { ...attributes, maxAge: days * 24 * 60 * 60 })
}

export function clearCookie(reply: FastifyReply, { name }: Cookie): void {
  reply.clearCookie(name, attributes)
}

/** The cookie's value; undefined when it is missing or cannot be one that Gatehouse made. */
export function readCookie(request: FastifyRequest, { name }: Cookie): string | undefined {
  const value = request.cookies[name]
  return value !== undefined && /^[\w-]{2,64}$/.test(value) ? value : undefined
}
