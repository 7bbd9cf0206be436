import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as setTimeoutPromise } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Problem } from '../../platform/problem.ts'
import type { SheetChoice, SheetFaultCode, SheetOrigin, SheetRow } from './cells.ts'
import { jsonLinesOf } from './lines.ts'

/**
 * For what a file makes of itself, in MB; the file lies beside it. Rows are handed on as they are read, so that many need no more than
 * one. Measured, the whole process: 110 to 270 MB for 100,000 people, 104 MB for 99,000 rows of 1,900 characters, and 475 MB for one
 * text that uses up every limit.
 */
const heapMegabytes = 320
/** From the end of the upload on, waiting for rows, in milliseconds. */
const longestReading = 60_000
/** At once on one node: files that are being read, and files that are on their way. */
const mostReading = 2
const mostComing = 8
/** For a place among those that are read, in milliseconds. */
const longestWaiting = 10_000

const folder = fileURLToPath(new URL('.', import.meta.url))
const program = fileURLToPath(new URL('./sheet-process.ts', import.meta.url))
let coming = 0
let reading = 0

export const sheetsBusy = () =>
  new Problem(503, 'sheets_busy', 'Other files are being read at this moment.', { retryAfterSeconds: 10 })
export const sheetProblem = (code: SheetFaultCode, message: string) => new Problem(422, code, message)

type Line = SheetRow | { origin: SheetOrigin } | { end: true } | { fault: SheetFaultCode; message: string }
export type ReadOptions = SheetChoice & {
  /** Told, before the first row, what was found out about the file. */
  onOrigin?: (origin: SheetOrigin) => void
  limits?: { heapMegabytes: number; longestReading: number }
}

/**
 * Reads one sheet of an XLSX or ODS file, or a CSV or TXT file, whatever it is called, row by row, leaving out empty ones.
 * Another process reads it, which has little memory and time and may do nothing else. What is wrong may be found only after some rows.
 * @param file as it arrives; nothing is kept on this node
 * @throws sheet_empty, sheet_too_large, sheet_too_many_rows, sheet_too_many_columns, sheet_bomb, sheet_format_unknown, sheet_unreadable,
 * sheet_protected, sheet_not_found, sheet_is_old, sheet_is_page, sheet_is_data, sheets_busy
 */
export async function* readSheet(
  file: Readable,
  { onOrigin, limits = { heapMegabytes, longestReading }, ...choice }: ReadOptions = {},
): AsyncGenerator<SheetRow> {
  if (coming >= mostComing) throw sheetsBusy()
  const reader = startReader(limits.heapMegabytes, choice)
  coming += 1
  let isReading = false
  try {
    await pipeline(file, reader.stdin, { end: false })
    // A file that takes minutes to arrive costs little until it is there: only then does it need a place among those that are read.
    await placeToRead()
    reading += 1
    isReading = true
    reader.stdin.end()
    const lines = jsonLinesOf<Line>(reader.stdout)
    for (let left = limits.longestReading; ; ) {
      const begin = performance.now()
      const tooLong = setTimeout(() => reader.kill('SIGKILL'), Math.max(1, left))
      const { value: line, done } = await lines.next()
      clearTimeout(tooLong)
      left -= performance.now() - begin
      // It ended without a word: out of memory, or killed because it took too long.
      if (done) throw sheetProblem('sheet_bomb', 'Reading the file took too much memory or time.')
      if ('end' in line) return
      if ('fault' in line) throw sheetProblem(line.fault, line.message)
      if ('origin' in line) onOrigin?.(line.origin)
      else yield line
    }
  } finally {
    coming -= 1
    if (isReading) reading -= 1
    reader.kill('SIGKILL')
  }
}

/** @throws sheets_busy */
async function placeToRead(): Promise<void> {
  for (let waited = 0; reading >= mostReading; waited += 100) {
    if (waited >= longestWaiting) throw sheetsBusy()
    await setTimeoutPromise(100)
  }
}

function startReader(megabytes: number, choice: SheetChoice): ChildProcessByStdio<Writable, Readable, null> {
  const child = spawn(
    process.execPath,
    [
      '--permission',
      ...readable().map((path) => `--allow-fs-read=${path}`),
      `--max-old-space-size=${megabytes}`,
      program,
      JSON.stringify(choice),
    ],
    // No settings either: the secret key may be one of them.
    { stdio: ['pipe', 'pipe', 'ignore'], env: {} },
  )
  // A process that ended early does not take what is still being sent.
  child.stdin.on('error', () => {})
  return child
}

/** What the process may read: its own code and its libraries. */
function readable(): string[] {
  const packages = ['@e965/xlsx', 'csv-parse/sync', 'saxes', 'yauzl'].map((name) => {
    const path = fileURLToPath(import.meta.resolve(name))
    return path.slice(0, path.lastIndexOf('node_modules') + 'node_modules'.length)
  })
  const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '')
  return [...new Set([folder, `${root}/package.json`, `${root}/node_modules`, ...packages].flatMap(both))]
}

/** Where packages are linked, a path has two names. */
function both(path: string): string[] {
  return [path, realpathSync(path)]
}
