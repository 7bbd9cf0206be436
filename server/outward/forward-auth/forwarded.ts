// What a proxy says of the request that it asks about, and in which form it wants its answer.

export const proxyKinds = ['nginx', 'caddy', 'traefik', 'haproxy', 'envoy'] as const
export type ProxyKind = (typeof proxyKinds)[number]

/** These pass on no answer but "yes" and "no", so their configuration leads people on by the address that comes with a "no". */
const mereAnswer: readonly ProxyKind[] = ['nginx', 'haproxy']

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** The host that the request was sent to, as the registered ones are written; undefined for what can be none, or is said twice. */
export function forwardedHost(headers: Headers): string | undefined {
  const host = headers['x-forwarded-host']
  return typeof host === 'string' && host.length <= 300 && /^[a-z0-9.-]+(:\d{1,5})?$/i.test(host) ? host.toLowerCase() : undefined
}

export type Asked = {
  /** Whether a person is to see what comes of it, so that they can be led elsewhere; a script cannot. */
  isNavigation: boolean
  /** Whether a person did something, and no page by itself. Source: Fetch Metadata Request Headers, 2.4 (Sec-Fetch-User). */
  isAction: boolean
  /** Where they wanted to go; undefined where there is no way back to it. */
  wanted: string | undefined
}

/** @param own the request of the proxy itself */
export function readAsked(kind: ProxyKind, own: { method: string; url: string; headers: Headers }): Asked {
  const { headers } = own
  const one = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined)
  // Envoy asks as the request itself was asked, with our address before its own.
  const method = kind === 'envoy' ? own.method : (one('x-forwarded-method') ?? 'GET')
  const uri = kind === 'envoy' ? own.url.replace(/^\/forward-auth\/envoy/, '') : one('x-forwarded-uri')
  const mode = one('sec-fetch-mode')
  // Browsers that say nothing of it are old, or speak with a host without TLS.
  const isNavigation = mode === undefined ? /\btext\/html\b/.test(one('accept') ?? '') : mode === 'navigate'
  return {
    isNavigation,
    isAction: mode === 'navigate' && one('sec-fetch-user') === '?1',
    wanted: method === 'GET' ? uri : undefined,
  }
}

/** With what status somebody is refused whom the proxy does not know: led on if they can be, or else told. */
export function statusForStranger(kind: ProxyKind, { isNavigation }: Asked): 302 | 401 {
  return isNavigation && !mereAnswer.includes(kind) ? 302 : 401
}
