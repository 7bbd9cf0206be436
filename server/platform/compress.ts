// Compression of the API's answers. Files are compressed once, where they are read.
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import type { App } from './app.ts'

const compress = promisify(brotliCompress)

/** Less fits into one packet, compressed or not. */
const worthIt = 1200
/** Of eleven: a list is a ninth of its size with it, for a millisecond of a thread that hashes no password meanwhile. */
const quality = 4

export function acceptsBrotli(accepted: string | undefined): boolean {
  return /\bbr\b/.test(accepted ?? '')
}

/**
 * Compresses what lists answer. Never what holds a secret: an answer that mixes one with what somebody else can put into the request would
 * tell it by its length. Source: BREACH, https://www.breachattack.com. So it is for GET only, of which the one that holds a secret says so.
 */
export function compressAnswers(app: App): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const { policy } = request.routeOptions.config
    if (request.method !== 'GET' || policy?.answers !== 'json' || policy.holdsSecret || reply.hasHeader('content-encoding'))
      return payload
    if (typeof payload !== 'string' || payload.length < worthIt) return payload
    reply.header('vary', 'accept-encoding')
    if (!acceptsBrotli(request.headers['accept-encoding'])) return payload
    const body = await compress(payload, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })
    reply.header('content-encoding', 'br').removeHeader('content-length')
    return body
  })
}
