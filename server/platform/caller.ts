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
    address: ipaddr.process(request.ip).toString(),
    device: describeDevice(request.headers['user-agent']),
    requestId: request.id,
  }
}
