import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { Problem } from '../../platform/problem.ts'
import type { SheetFaultCode, SheetRow } from './cells.ts'
import { jsonLinesOf } from './lines.ts'

/** For one file, in MB. 100,000 rows of eleven columns need less than half of it. */
const heapMegabytes = 768
/** From the end of the upload to the first row, in milliseconds. */
const longestReading = 60_000
/** At once on one node; each may need its memory. */
const mostAtOnce = 2

const folder = fileURLToPath(new URL('.', import.meta.url))
const program = fileURLToPath(new URL('./sheet-process.ts', import.meta.url))
let running = 0

export const sheetsBusy = () =>
  new Problem(503, 'sheets_busy', 'Other files are being read at this moment.', { retryAfterSeconds: 10 })
export const sheetProblem = (code: SheetFaultCode, message: string) => new Problem(422, code, message)

type Line = SheetRow | { end: true } | { fault: SheetFaultCode; message: string }

/**
 * Reads the first sheet of an XLSX, ODS, CSV or TXT file, whatever it is called, row by row, leaving out empty ones.
 * It is read whole, by another process, before the first row comes; that process has little memory and time and may do nothing else.
 * @param file as it arrives; nothing is kept on this node
 * @throws sheet_empty, sheet_too_large, sheet_too_many_rows, sheet_too_many_columns, sheet_bomb, sheet_format_unknown, sheet_unreadable, sheets_busy
 */
export async function* readSheet(file: Readable, limits = { heapMegabytes, longestReading }): AsyncGenerator<SheetRow> {
  const reader = startReader(limits.heapMegabytes)
  let tooLong: NodeJS.Timeout | undefined
  let sendingFailed: unknown
  const sent = pipeline(file, reader.stdin).then(
    () => {
      tooLong = setTimeout(() => reader.kill('SIGKILL'), limits.longestReading)
    },
    (error) => {
      sendingFailed = error
      reader.kill('SIGKILL')
    },
  )
  try {
    for await (const line of jsonLinesOf<Line>(reader.stdout)) {
      clearTimeout(tooLong)
      if ('end' in line) return
      if ('fault' in line) throw sheetProblem(line.fault, line.message)
      yield line
    }
    await sent
    // It ended without a word: out of memory, or killed because it took too long, unless the sender went away.
    if (file.errored || file.destroyed !== file.readableEnded || !file.readableEnded) throw sendingFailed ?? file.errored
    throw sheetProblem('sheet_bomb', 'Reading the file took too much memory or time.')
  } finally {
    clearTimeout(tooLong)
    reader.kill('SIGKILL')
    await sent
  }
}

/** @throws sheets_busy */
function startReader(megabytes: number): ChildProcessByStdio<Writable, Readable, null> {
  if (running >= mostAtOnce) throw sheetsBusy()
  const child = spawn(
    process.execPath,
    ['--permission', ...readable().map((path) => `--allow-fs-read=${path}`), `--max-old-space-size=${megabytes}`, program],
    // No settings either: the secret key may be one of them.
    { stdio: ['pipe', 'pipe', 'ignore'], env: {} },
  )
  running += 1
  child.once('close', () => {
    running -= 1
  })
  // A process that ended early does not take what is still being sent.
  child.stdin.on('error', () => {})
  return child
}

/** What the process may read: its own code and its libraries. */
function readable(): string[] {
  const packages = ['@e965/xlsx', 'csv-parse/sync'].map((name) => {
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
