import type { FastifyRequest } from 'fastify'
import { readAddress } from './address.ts'
import { readCookie, visitCookie } from './cookie.ts'
import { describeDevice } from './device.ts'
import { hashToken } from './secret.ts'

/** Where a request came from, for the audit and for the person's own eyes. */
export type Caller = {
  /** The address of the browser, or of its proxy when that is not a trusted one. */
  address: string
  /** What the browser calls itself. */
  device: string
  requestId: string
  /** What the browser is recognised by while it is open, as a hash; undefined when it has begun no visit. */
  visitHash?: Buffer | undefined
}

export function callerOf(request: FastifyRequest): Caller {
  const visit = readCookie(request, visitCookie)
  return {
    address: addressOf(request),
    device: describeDevice(request.headers['user-agent']),
    requestId: request.id,
    visitHash: visit === undefined ? undefined : hashToken(visit),
  }
}

/** The address that a request counts for. What a trusted proxy passes on can be no address at all; then the proxy's own counts. */
export function addressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  return readAddress(ip) ?? readAddress(socket.remoteAddress ?? '') ?? '0.0.0.0'
}
