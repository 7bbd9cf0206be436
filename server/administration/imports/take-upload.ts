import type { Readable } from 'node:stream'
import type { Transaction } from '../../platform/database.ts'
import { cutText, readSheet, type SheetChoice, type SheetOrigin, type SheetRow } from '../sheets/sheets.ts'
import { cellShown } from './cell-texts.ts'
import { type CheckNeeds, importer, openCells, rowsAtOnce, sealCells, verdictsOf } from './check-import.ts'
import { type GuessedColumns, guessColumns, type Mapping, mostRowsAbove, type NameOrder } from './columns.ts'
import type { OnExisting } from './judge-in-world.ts'
import { refuseBreached, rowJudge } from './judge-rows.ts'
import { importNotFound, importNotReady } from './problems.ts'
import { findImport, readRows, refuseRows } from './store.ts'
import { addRows, finishReading, insertImport, type NewRow, removeImport, removeUnrun } from './upload-store.ts'

const longestFileName = 200
const nothingKnown: SheetOrigin = { sheets: [], sheet: null, encoding: null }

/** A file as it is sent. `replaces`: the import whose place it takes, with what was decided there. */
export type Upload = SheetChoice & { fileName: string; file: Readable; replaces?: string | undefined }
/** What was decided of the file before. */
type Former = { header: string[]; mapping: Mapping; nameOrder: NameOrder; onExisting: OnExisting }

/**
 * Takes a file: reads its rows into the database, so that nothing depends on this node any more, and judges them by the columns that
 * its first rows tell of. Nobody sees the import before all rows are there, and until then the one that it replaces stays.
 * @returns the import's id
 * @throws what `readSheet` throws, not_permitted, import_not_found, import_not_ready
 */
export async function takeUpload(
  needs: CheckNeeds,
  instance: { id: string },
  actorId: string,
  { fileName, file, replaces, ...choice }: Upload,
): Promise<string> {
  const { database } = needs
  const { importId, former } = await database.in(instance, async (tx) => {
    await importer(tx, actorId, 'skip')
    const former = replaces === undefined ? undefined : await findFormer(tx, needs, instance.id, actorId, replaces)
    return { importId: await insertImport(tx, actorId, storableName(fileName)), former }
  })
  try {
    let origin = nothingKnown
    let reading: ReturnType<typeof beginReading> | undefined
    const begin = (rows: readonly SheetRow[]) => {
      reading = beginReading(needs, instance, actorId, importId, columnsOf(rows, former), former)
    }

    let waiting: SheetRow[] = []
    const onOrigin = (found: SheetOrigin) => {
      origin = found
    }
    for await (const row of readSheet(file, { ...choice, onOrigin })) {
      waiting.push(row)
      if (reading === undefined && waiting.length >= mostRowsAbove) begin(waiting)
      if (waiting.length < rowsAtOnce) continue
      await reading!.store(waiting)
      waiting = []
    }
    if (reading === undefined) begin(waiting)
    if (waiting.length > 0) await reading!.store(waiting)
    const { columns, headerRow, late } = reading!
    const isAsked = origin.sheets.length > 1 && choice.sheet === undefined
    await database.in(instance, async (tx) => {
      await refuseRows(tx, importId, late)
      if (replaces !== undefined && !(await removeUnrun(tx, replaces))) throw importNotReady()
      await finishReading(tx, importId, {
        state: columns.isCertain && !isAsked ? 'checked' : 'mapping',
        headerRow,
        mapping: columns.mapping,
        nameOrder: former?.nameOrder ?? 'first_last',
        onExisting: former?.onExisting ?? 'skip',
        origin,
      })
    })
    return importId
  } catch (error) {
    // When this fails too, tidying takes it away: nobody has seen it.
    await database.in(instance, (tx) => removeImport(tx, importId)).catch(() => {})
    throw error
  }
}

/** Judges rows and writes them, once it is known what the columns hold. */
function beginReading(
  { database, keys, breached }: CheckNeeds,
  instance: { id: string },
  actorId: string,
  importId: string,
  { columns, headerRow }: { columns: GuessedColumns; headerRow: number | null },
  former: Former | undefined,
) {
  const { mapping, isCertain } = columns
  const onExisting = former?.onExisting ?? 'skip'
  const { judge, late } = rowJudge({ mapping, nameOrder: former?.nameOrder ?? 'first_last' })
  return {
    columns,
    headerRow,
    late,
    async store(rows: readonly SheetRow[]): Promise<void> {
      const toJudge = rows.filter(({ row }) => isCertain && row > (headerRow ?? 0))
      const judged = toJudge.map(({ row, cells }) => judge(row, cells))
      await refuseBreached(breached, mapping, toJudge, judged)
      await database.in(instance, async (tx) => {
        const acting = await importer(tx, actorId, onExisting)
        const verdicts = await verdictsOf(tx, acting, judged, onExisting)
        const byRow = new Map(verdicts.map((verdict) => [verdict.row, verdict]))
        await addRows(
          tx,
          importId,
          rows.map(({ row, cells }): NewRow => {
            const verdict = byRow.get(row) ?? { row, fields: null, verdict: null, problems: [] }
            return { ...verdict, cells: sealCells(keys, cells, { instanceId: instance.id, importId, row }) }
          }),
        )
      })
    },
  }
}

/** What the columns hold: what somebody said of the same columns before, and else what the first rows tell. */
function columnsOf(rows: readonly SheetRow[], former: Former | undefined): { columns: GuessedColumns; headerRow: number | null } {
  const shown = rows.slice(0, mostRowsAbove).map(({ cells }) => cells.map(cellShown))
  const columns = guessColumns(shown)
  const headerRow = rows[columns.header]?.row ?? null
  if (former === undefined) return { columns, headerRow }
  const place = former.header.length === 0 ? -1 : shown.findIndex((cells) => cells.join('\n') === former.header.join('\n'))
  if (place === -1) return { columns, headerRow }
  return { columns: { mapping: former.mapping, header: place, isCertain: true }, headerRow: rows[place]!.row }
}

async function findFormer(
  tx: Transaction,
  { keys }: CheckNeeds,
  instanceId: string,
  actorId: string,
  importId: string,
): Promise<Former> {
  const found = await findImport(tx, await importer(tx, actorId, 'skip'), importId)
  if (found === undefined) throw importNotFound()
  const { mapping, nameOrder, onExisting, headerRow, state } = found
  if (!['mapping', 'checking', 'checked'].includes(state)) throw importNotReady()
  await importer(tx, actorId, onExisting)
  const [first] = headerRow === null || state === 'mapping' ? [] : await readRows(tx, importId, headerRow - 1, 1)
  const header = first?.cells ? openCells(keys, first.cells, { instanceId, importId, row: first.row }).map(cellShown) : []
  return { header, mapping, nameOrder, onExisting }
}

function storableName(fileName: string): string {
  return cutText(fileName.replace(/[\p{Cc}\p{Cf}]/gu, '').toWellFormed(), longestFileName) || '?'
}
