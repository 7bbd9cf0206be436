import type { PassThrough } from 'node:stream'

/** Where the events of a channel go. */
export type EventSink = Readonly<{
  /** Sends one event; false when the browser takes so little that it is not worth waiting for. */
  send(event: string, data: unknown): boolean
  /** Lets what was sent arrive, and ends. */
  end(): void
  /** Ends at once. */
  destroy(): void
}>

/** What may wait for a slow browser, in bytes. Events are small, and a browser that is asleep takes none. */
const mostWaiting = 64 * 1024

/** Writes server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function openEventSink(stream: PassThrough): EventSink {
  return {
    send(event, data) {
      if (stream.writableEnded || stream.destroyed) return true
      stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
      return stream.writableLength + stream.readableLength <= mostWaiting
    },
    end: () => void stream.end(),
    destroy: () => void stream.destroy(),
  }
}
