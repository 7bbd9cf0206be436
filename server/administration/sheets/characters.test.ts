// No character breaks what passes between the processes, the files and people.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import fc from 'fast-check'
import fastify from 'fastify'
import { anyText } from '../../../test/characters.ts'
import { type Cell, cutText } from './cells.ts'
import { jsonLine, jsonLinesOf } from './lines.ts'
import { readSheet, writeCsv, writeXlsx } from './sheets.ts'

async function cellsOf(file: Buffer): Promise<Cell[][]> {
  const rows: Cell[][] = []
  for await (const { cells } of readSheet(Readable.from([file]))) rows.push(cells)
  return rows
}

/** As it was, or refused because it cannot be kept. */
function survives(cell: Cell | undefined, text: string): void {
  if (!text.isWellFormed() || text.includes('\0') || text.includes('\ufffd'))
    assert.equal((cell as { fault: string }).fault, 'damaged', JSON.stringify(text))
  else assert.equal(cell ?? '', text.trim())
}

test('every text passes between processes as it is, however the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(anyText(8))), fc.integer({ min: 1, max: 7 }), async (rows, size) => {
      const bytes = Buffer.from(rows.map(jsonLine).join(''))
      const stream = new PassThrough()
      for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size))
      stream.end()
      assert.deepEqual(await Array.fromAsync(jsonLinesOf(stream)), rows)
    }),
  )
})

async function* failing() {
  for (let i = 0; i < 5000; i += 1) yield ['a row', 'of some length', String(i)]
  throw new Error('the database went away')
}

const writers = { CSV: writeCsv, XLSX: writeXlsx }
for (const [format, write] of Object.entries(writers)) {
  test(`every character there is comes back from an exported ${format}, or its cell is refused`, async () => {
    const blocks: string[] = []
    for (let from = 0; from <= 0x10ffff; from += 256) {
      const characters = Array.from({ length: 256 }, (_, i) => from + i).filter((code) => code < 0xd800 || code > 0xdfff)
      // The two that make a cell damaged are apart, so that they hide no other.
      blocks.push(`x${String.fromCodePoint(...characters.filter((code) => code !== 0 && code !== 0xfffd))}x`)
    }
    const cells = [...blocks, 'x\0x', 'x\ufffdx']
    const read = await cellsOf(await buffer(write(cells.map((cell) => [cell]))))
    assert.equal(read.length, cells.length)
    for (const [index, cell] of cells.entries()) survives(read[index]![0], cell)
  })

  test(`any texts come back from an exported ${format}, or their cells are refused`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText(8), { minLength: 60, maxLength: 60 }), async (texts) => {
        const read = await cellsOf(await buffer(write(texts.map((text, index) => [`row ${index}`, text, 'end']))))
        assert.equal(read.length, texts.length)
        for (const [index, text] of texts.entries()) survives(read[index]![1], text.toWellFormed())
      }),
      { numRuns: 8, examples: [[[" '=", "' =", "'' =1", " ' '@", '\t=']]] },
    )
  })

  test(`asvs-16.5.3 an exported ${format} whose rows cannot be had is no file`, async () => {
    await assert.rejects(buffer(write(failing())), /the database went away/)
  })
}

test('asvs-16.5.3 an export that fails on its way is an incomplete answer, and is logged', async (t) => {
  const lines: string[] = []
  const app = fastify({ logger: { stream: { write: (line: string) => void lines.push(line) } } })
  app.get('/csv', (_, reply) => reply.send(writeCsv(failing())))
  app.get('/xlsx', (_, reply) => reply.send(writeXlsx(failing())))
  const url = await app.listen({ port: 0 })
  t.after(() => app.close())
  for (const path of ['/csv', '/xlsx']) {
    lines.length = 0
    await assert.rejects(async () => {
      const answer = await fetch(url + path)
      if (answer.status < 500) await answer.arrayBuffer()
      else throw new Error('a refusal')
    })
    assert.match(lines.join(''), /the database went away/)
  }
})

test('an export that nobody reads any more reads no more rows', async () => {
  let begun = false
  let ended = false
  async function* endless() {
    begun = true
    try {
      for (;;) yield [randomBytes(500).toString('base64')]
    } finally {
      ended = true
    }
  }
  for (const write of [writeCsv, writeXlsx]) {
    begun = ended = false
    const file = write(endless())
    for await (const _ of file) if (begun) break
    for (let i = 0; i < 100 && !ended; i += 1) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.ok(ended, write.name)
  }
})

test('a text is never cut inside a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, most) => {
      const cut = cutText(text, most)
      assert.ok(cut.isWellFormed() && cut.length <= most && text.startsWith(cut) && cut.length >= Math.min(text.length, most) - 1)
    }),
  )
})
