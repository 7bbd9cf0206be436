// What the bench says: a table for people and a file for comparing runs.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCount, type Load } from './client.ts'
import { type Flood, floodErrors } from './flood.ts'
import type { Imported } from './import.ts'
import type { Timing } from './timing.ts'

export type Row = {
  what: string
  load: Load
  /** What the figure is compared with, and how. */
  ratio?: string
}

/** The table of figures, one line a row, as Markdown. */
export function figures(rows: readonly Row[]): string {
  return table(
    ['what', 'per second', 'ratio', 'p50 ms', 'p95 ms', 'p99 ms', 'errors'],
    rows.map(({ what, load, ratio }) => [
      what,
      rate(load.perSecond),
      ratio ?? '',
      ms(load.p50),
      ms(load.p95),
      ms(load.p99),
      String(errorCount(load)),
    ]),
  )
}

export function timingReport({ what, classes, samples, sameAnswers, differences }: Timing): string {
  const lines = table(
    [what, 'median ms', 'gap', 'p'],
    classes.map(({ name, median, gapPercent, p }) => [
      name,
      median.toFixed(3),
      `${gapPercent >= 0 ? '+' : ''}${gapPercent.toFixed(2)} %`,
      p.toFixed(3),
    ]),
  )
  return [
    `Timing: ${what}, ${samples} of each kind, one at a time, against the first:\n\n${lines}`,
    `All answers are the same, headers and bytes, but for the typed username and the form token: ${sameAnswers ? 'yes' : 'NO'}`,
    ...differences,
  ].join('\n')
}

export function importReport({ rows, megabytes, checkSeconds, runSeconds, rowsPerSecond, meanwhile }: Imported): string {
  const lines = table(
    ['import', 'rows', 'seconds', 'rows per second'],
    [
      [`upload (${megabytes.toFixed(1)} MB) and dry run`, String(rows), checkSeconds.toFixed(1), rate(rows / checkSeconds)],
      ['run', String(rows), runSeconds.toFixed(1), rate(rows / runSeconds)],
      ['both', String(rows), (checkSeconds + runSeconds).toFixed(1), rate(rowsPerSecond)],
    ],
  )
  const { p50, p95, p99 } = meanwhile
  return `${lines}\n\nOne in ten has an address and gets a message. Session checks meanwhile: p50 ${ms(p50)} ms, p95 ${ms(p95)} ms, p99 ${ms(p99)} ms, ${errorCount(meanwhile)} errors`
}

export function floodReport(flood: Flood): string {
  const { calm, flooded, sent } = flood
  const { refused, busy, seconds } = sent
  const lines = table(
    ['flood', 'per second', 'p50 ms', 'p95 ms', 'p99 ms'],
    [
      ['session checks before', rate(calm.perSecond), ms(calm.p50), ms(calm.p95), ms(calm.p99)],
      ['session checks under it', rate(flooded.perSecond), ms(flooded.p50), ms(flooded.p95), ms(flooded.p99)],
      ['its logins, refused (401)', rate(refused.count / seconds), ms(refused.p50), ms(refused.p95), ms(refused.p99)],
      ['its logins, busy (503)', rate(busy.count / seconds), ms(busy.p50), ms(busy.p95), ms(busy.p99)],
    ],
  )
  return `A flood of wrong logins on ${sent.connections} connections: ${refused.count} refused, ${busy.count} told to come back, ${floodErrors(flood)} errors\n\n${lines}`
}

/** Each kind of error with its count; empty when all went well. */
export function errorReport(errors: Record<string, number>): string {
  const lines = Object.entries(errors).map(([words, count]) => `  ${count} × ${words}`)
  return lines.length === 0 ? '' : `ERRORS: the figures above count for nothing while there are any.\n${lines.join('\n')}`
}

/** Keeps a run, named by its time, and returns the path. */
export function keep(folder: string, result: { at: string; [part: string]: unknown }): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${result.at.slice(0, 19).replaceAll(':', '-')}.json`)
  writeFileSync(path, `${JSON.stringify(result, undefined, 2)}\n`)
  return path
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map((row) => row[column]!.length)))
  // The first column is words, the others are figures.
  const line = (cells: string[]) =>
    `| ${cells.map((text, column) => (column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

function rate(perSecond: number): string {
  return perSecond >= 1000 ? Math.round(perSecond).toLocaleString('en') : perSecond.toFixed(1)
}

function ms(milliseconds: number | null): string {
  // JSON between the processes makes null of NaN.
  return milliseconds === null || Number.isNaN(milliseconds) ? '' : milliseconds.toFixed(2)
}
