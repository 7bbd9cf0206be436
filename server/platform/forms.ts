// Forms: no site but our own can send one. Each carries a value bound to the browser's session (or visit), and the
// browser must say that it comes from here. Source: NIST SP 800-63B-4, 5.1; ASVS 5.0, 3.5.1.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './app.ts'
import { readCookie, setCookie, visitCookie } from './cookie.ts'
import { formExpired } from './problem.ts'
import { hashToken, keyedHash, newToken, sameBytes } from './secret.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The secret cookie that this request's forms are bound to: the session's, or else the visit's. */
    formBinding: string | undefined
  }
}

const safeMethods = ['GET', 'HEAD', 'OPTIONS']

/** Refuses every unsafe request that was not sent by a page of ours, but on routes whose form comes by a protocol. */
export function guardForms(app: App, key: Buffer, originOf: (request: FastifyRequest) => string): void {
  app.decorateRequest('formBinding', undefined)
  app.addHook('onRequest', async (request) => {
    const visit = readCookie(request, visitCookie)
    request.formBinding ??= visit && `visit ${visit}`
  })
  app.addHook('preHandler', async (request) => {
    if (safeMethods.includes(request.method) || request.is404 || request.routeOptions.config.policy?.form === 'protocol') return
    // Pages send it as a field; programs, whose body may be a file, as a header.
    const formToken = request.headers['x-form-token'] ?? ((request.body ?? {}) as { formToken?: unknown }).formToken
    if (!isFromHere(request, originOf(request)) || request.formBinding === undefined || typeof formToken !== 'string')
      throw formExpired()
    if (!sameBytes(hashToken(formToken), hashToken(tokenFor(key, request.formBinding)))) throw formExpired()
  })
}

/**
 * Whether the browser says that the request comes from a page of this origin.
 * Browsers send `Origin: null` with forms of pages that have `Referrer-Policy: no-referrer`; they all send Sec-Fetch-Site then.
 */
function isFromHere({ headers }: FastifyRequest, origin: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  return headers.origin === undefined || headers.origin === origin
}

/** The value that a form on the page being made must carry. Begins a visit when there is none yet. */
export function formToken(request: FastifyRequest, reply: FastifyReply, key: Buffer): string {
  if (request.formBinding === undefined) {
    const visit = newToken()
    setCookie(reply, visitCookie, visit)
    request.formBinding = `visit ${visit}`
  }
  return tokenFor(key, request.formBinding)
}

/** The value for a form that this browser sends once nobody is logged in there any more; undefined when it has begun no visit. */
export function visitFormToken(request: FastifyRequest, key: Buffer): string | undefined {
  const visit = readCookie(request, visitCookie)
  return visit === undefined ? undefined : tokenFor(key, `visit ${visit}`)
}

function tokenFor(key: Buffer, binding: string): string {
  return keyedHash(key, binding).toString('base64url')
}
