import type { Readable } from 'node:stream'
import { type Cell, cutText, readSheet, type SheetRow } from '../sheets/sheets.ts'
import { type CheckNeeds, importer, rowsAtOnce, sealCells, verdictsOf } from './check-import.ts'
import { type GuessedColumns, guessColumns } from './columns.ts'
import { refuseBreached, rowJudge } from './judge-rows.ts'
import { addRows, finishReading, insertImport, type NewRow, refuseRows, removeImport } from './store.ts'

const longestFileName = 200

/**
 * Takes a file: reads its rows into the database, so that nothing depends on this node any more, and judges them by the columns that
 * its first row tells of. Nobody sees the import before all rows are there.
 * @returns the import's id
 * @throws what `readSheet` throws, not_permitted
 */
export async function takeUpload(
  { database, keys, breached }: CheckNeeds,
  instance: { id: string },
  actorId: string,
  { fileName, file }: { fileName: string; file: Readable },
): Promise<string> {
  const importId = await database.in(instance, async (tx) => {
    await importer(tx, actorId, 'skip')
    return insertImport(tx, actorId, storableName(fileName))
  })
  try {
    let columns: GuessedColumns | undefined
    let headerRow: number | null = null
    let judge: ReturnType<typeof rowJudge> | undefined

    const store = async (rows: readonly SheetRow[]) => {
      const isJudged = ({ row }: { row: number }) => columns!.isCertain && row !== headerRow
      const toJudge = rows.filter(isJudged)
      const judged = toJudge.map(({ row, cells }) => judge!.judge(row, cells))
      await refuseBreached(breached, columns!.mapping, toJudge, judged)
      await database.in(instance, async (tx) => {
        const acting = await importer(tx, actorId, 'skip')
        const verdicts = await verdictsOf(tx, acting, judged, 'skip')
        const byRow = new Map(verdicts.map((verdict) => [verdict.row, verdict]))
        await addRows(
          tx,
          importId,
          rows.map(({ row, cells }): NewRow => {
            const verdict = byRow.get(row) ?? { row, fields: null, verdict: null, problems: [] }
            return { ...verdict, cells: sealCells(keys, cells) }
          }),
        )
      })
    }

    let waiting: SheetRow[] = []
    for await (const row of readSheet(file)) {
      if (columns === undefined) {
        columns = guessColumns(row.cells.map(shownText))
        headerRow = columns.hasHeader ? row.row : null
        judge = rowJudge(columns.mapping)
      }
      waiting.push(row)
      if (waiting.length < rowsAtOnce) continue
      await store(waiting)
      waiting = []
    }
    if (waiting.length > 0) await store(waiting)
    const { isCertain, mapping } = columns!
    await database.in(instance, async (tx) => {
      await refuseRows(tx, importId, judge!.late)
      await finishReading(tx, importId, { state: isCertain ? 'checked' : 'mapping', headerRow, mapping })
    })
    return importId
  } catch (error) {
    // When this fails too, tidying takes it away: nobody has seen it.
    await database.in(instance, (tx) => removeImport(tx, importId)).catch(() => {})
    throw error
  }
}

/** What a cell shows: the name of a column, or a day. */
function shownText(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.fault === undefined || cell.fault === 'date' ? cell.text : ''
}

function storableName(fileName: string): string {
  return cutText(fileName.replace(/[\p{Cc}\p{Cf}]/gu, '').toWellFormed(), longestFileName) || '?'
}
