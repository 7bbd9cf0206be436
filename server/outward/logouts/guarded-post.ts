// Posts to an address that somebody has registered, and never to one inside: a name is looked up once, and what it led to is what is
// spoken to. Source: OWASP Server-Side Request Forgery Prevention Cheat Sheet; ASVS 5.0, 13.2.4 and 13.2.5.
import { lookup } from 'node:dns'
import { type RequestOptions, request as requestPlain } from 'node:http'
import { request as requestSecurely } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isIn, isPublicAddress } from '../../platform/address.ts'

export class AddressRefused extends Error {
  constructor(address: string) {
    super(`${address} is not an address outside`)
  }
}

/** How much of an answer is read, in bytes; nobody needs more than its status. */
const mostRead = 64 * 1024

export type GuardedPost = {
  url: URL
  body: string
  /** In milliseconds, for all of it. */
  within: number
  /** Networks inside that may be spoken to all the same. */
  networks: readonly string[]
}

/**
 * The status and the Retry-After of what an address answers to a form. Follows no redirect.
 * @throws AddressRefused, and whatever keeps an answer from coming
 */
export async function guardedPost({
  url,
  body,
  within,
  networks,
}: GuardedPost): Promise<{ status: number; retryAfter: string | undefined }> {
  const isAllowed = (address: string) => isPublicAddress(address) || isIn(networks)(address)
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  // A number is not looked up.
  if (isIP(hostname) !== 0 && !isAllowed(hostname)) throw new AddressRefused(hostname)
  const guarded: LookupFunction = (name, options, answer) =>
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return answer(error, '')
      const allowed = addresses.filter(({ address }) => isAllowed(address))
      if (allowed.length === 0) return answer(new AddressRefused(addresses[0]?.address ?? name), '')
      return options.all ? answer(null, allowed) : answer(null, allowed[0]!.address, allowed[0]!.family)
    })
  const options: RequestOptions = {
    method: 'POST',
    lookup: guarded,
    signal: AbortSignal.timeout(within),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Gatehouse',
    },
  }
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? requestSecurely : requestPlain)(url, options, (answer) => {
      const { statusCode, headers } = answer
      let read = 0
      answer.on('data', (chunk: Buffer) => {
        read += chunk.length
        if (read > mostRead) answer.destroy()
      })
      answer.on('close', () => resolve({ status: statusCode ?? 0, retryAfter: headers['retry-after'] }))
      answer.on('error', () => {})
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
