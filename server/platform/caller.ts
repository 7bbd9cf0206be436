import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import { describeDevice } from './device.ts'

/** Where a request came from, for the audit and for the person's own eyes. */
export type Caller = {
  /** The address of the browser, or of its proxy when that is not a trusted one. */
  address: string
  /** What the browser calls itself. */
  device: string
  requestId: string
}

export function callerOf(request: FastifyRequest): Caller {
  return {
    address: addressOf(request),
    device: describeDevice(request.headers['user-agent']),
    requestId: request.id,
  }
}

/** The address that a request counts for. What a trusted proxy passes on can be no address at all; then the proxy's own counts. */
export function addressOf({ ip, socket }: FastifyRequest): string {
  const address = ipaddr.isValid(ip) ? ip : (socket.remoteAddress ?? '0.0.0.0')
  return ipaddr.process(address).toString()
}
