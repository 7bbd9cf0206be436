// What one process hands to another: JSON, a line each. JSON writes a line feed inside a text as `\n`, so only the byte itself ends a line.
// Node's readline must not cut them: it also takes U+2028, U+2029 and a carriage return for ends of lines. Source: RFC 8259, 7.
import type { Readable } from 'node:stream'

const lineFeed = 0x0a

/** The values of a stream of JSON lines. What comes after the last line feed is no line. */
export async function* jsonLinesOf<T>(stream: Readable): AsyncGenerator<T> {
  let pieces: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
      pieces.push(chunk.subarray(from, end))
      yield JSON.parse(Buffer.concat(pieces).toString('utf8')) as T
      pieces = []
      from = end + 1
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from))
  }
}

export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
