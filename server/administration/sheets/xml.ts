import { SaxesParser } from 'saxes'
import { damaged } from './package.ts'

export type Attributes = Readonly<Record<string, string>>
/** Told of elements by their names without prefix: which prefix stands for what is each writer's own choice. */
export type XmlReader = {
  open(name: string, attributes: Attributes): void
  close?(name: string): void
  text?(text: string): void
  /** After each piece: whether enough has been read. */
  isDone?(): boolean
}

/**
 * Reads XML a piece at a time, so that what is long needs no memory. Entities that a file declares are not known, so none can grow.
 * @param taken awaited after each piece
 * @throws SheetFault
 */
export async function readXml(bytes: AsyncIterable<Buffer>, reader: XmlReader, taken?: () => Promise<void>): Promise<void> {
  const parser = new SaxesParser({ xmlns: false, position: false })
  parser.on('opentag', ({ name, attributes }) => {
    const own: Record<string, string> = Object.create(null)
    for (const key in attributes) own[withoutPrefix(key)] = attributes[key]!
    reader.open(withoutPrefix(name), own)
  })
  if (reader.close) parser.on('closetag', ({ name }) => reader.close!(withoutPrefix(name)))
  if (reader.text) {
    parser.on('text', (text) => reader.text!(text))
    parser.on('cdata', (text) => reader.text!(text))
  }
  let decoder: TextDecoder | undefined
  try {
    for await (const chunk of bytes) {
      decoder ??= new TextDecoder(encodingOf(chunk))
      parser.write(decoder.decode(chunk, { stream: true }))
      if (reader.isDone?.()) return
      await taken?.()
    }
    parser.write(decoder?.decode() ?? '').close()
  } catch (error) {
    throw damaged(error)
  }
}

/** Of an XML text: by its mark, by how it begins, or by its own word. Source: XML 1.0, appendix F. */
function encodingOf(beginning: Buffer): string {
  const [first, second] = beginning
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be'
  return /^<\?xml[^>]*\sencoding\s*=\s*["']([\w-]+)/.exec(beginning.toString('latin1', 0, 200))?.[1] ?? 'utf-8'
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
