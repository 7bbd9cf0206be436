// The file of a backup: compressed, a line of JSON that says what it is, then for each table a line of JSON and its rows in PostgreSQL's own
// text format up to `\.`, which no row is; then the end. Whatever is cut off or damaged is told.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'

export type BackupHead = {
  format: 'gatehouse backup 1'
  version: string
  /** As describeSchema says. */
  schema: string[]
  /** Of the secret key, which is not in the backup. */
  keyCheck: string
  madeAt: string
}

export const endOfRows = '\\.'

type Section = { table: string; columns: string[] }
export type BackupPart = { table: Section; rows: AsyncIterable<string> }

/**
 * Opens a backup. The rows of each part are read before the next one is asked for.
 * @throws Error that says what the file is instead; from the parts, when it is cut off or damaged
 */
export async function openBackup(path: string): Promise<{ head: BackupHead; parts: AsyncGenerator<BackupPart> }> {
  const source = createReadStream(path)
  const unpacked = source.pipe(createGunzip())
  source.on('error', (error) => unpacked.destroy(error))
  const lines = createInterface({ input: unpacked, crlfDelay: 0 })[Symbol.asyncIterator]()
  const broken = new Promise<never>((_, reject) => unpacked.on('error', reject))
  broken.catch(() => {})
  const next = async () => {
    const line = await Promise.race([lines.next(), broken])
    if (line.done) throw new Error('it is cut off')
    return line.value as string
  }
  const read = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw new Error(`${path} is no whole backup: ${(error as Error).message}`)
    }
  }
  const head = await read(async () => {
    const said = JSON.parse(await next()) as BackupHead
    if (said.format !== 'gatehouse backup 1') throw new Error('it says that it is something else')
    return said
  })

  async function* parts(): AsyncGenerator<BackupPart> {
    for (;;) {
      const said = await read(async () => JSON.parse(await next()) as Section | { end: true })
      if ('end' in said) return
      let isRead = false
      async function* rows() {
        for (let row = await read(next); row !== endOfRows; row = await read(next)) yield `${row}\n`
        isRead = true
      }
      yield { table: said, rows: rows() }
      if (!isRead) throw new Error(`the rows of ${said.table} were not read`)
    }
  }
  return { head, parts: parts() }
}
