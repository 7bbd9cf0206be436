// The dry run: what each row would do, judged against the instance as it is at this moment. Nothing is done yet.
import { randomUUID } from 'node:crypto'
import { record } from '../../audit/audit.ts'
import type { BreachedPasswords } from '../../authenticators/passwords/passwords.ts'
import { type ActingAccount, actingAccount, findAccountsByKeys } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { notPermitted } from '../../platform/problem.ts'
import { declareKey, type Keys, seal, unseal } from '../../platform/secret.ts'
import type { Cell } from '../sheets/sheets.ts'
import { cellShown } from './cell-texts.ts'
import { guessColumns, hasRequired, type Mapping, mostRowsAbove, type NameOrder } from './columns.ts'
import { judgeInWorld, type OnExisting, type World } from './judge-in-world.ts'
import { type JudgedRow, refuseBreached, rowJudge } from './judge-rows.ts'
import { type Mend, mendCells, mendDetails } from './mend-cells.ts'
import { findPlaces } from './place-store.ts'
import { importChanged, importNotFound, importNotReady, mappingIncomplete } from './problems.ts'
import {
  beginCheck,
  findImport,
  finishCheck,
  holdCheck,
  planAnew,
  readRows,
  refuseRows,
  storeCells,
  storeJudged,
} from './store.ts'
import type { NewRow } from './upload-store.ts'

export type ImportNeeds = { database: Database; keys: Keys }
/** `breached`: the operator's list, if there is one. */
export type CheckNeeds = ImportNeeds & { breached: BreachedPasswords | undefined }

/** What an import is to be read as, and what is to be done with usernames that exist. */
export type ImportChoices = {
  mapping: Mapping
  hasHeader: boolean
  onExisting: OnExisting
  nameOrder?: NameOrder
  /** Cells that are to hold something else. */
  mend?: readonly Mend[]
}

export const rowsAtOnce = 500

/**
 * Judges all rows of an import anew: by other columns or another decision, with cells that somebody mended, or because teams have been
 * made. Of two who do it the later one counts.
 * @throws import_not_found, mapping_incomplete, import_not_ready, import_changed, not_permitted
 */
export async function checkImport(
  { database, keys, breached }: CheckNeeds,
  instance: { id: string },
  actorId: string,
  importId: string,
  { mapping, hasHeader, onExisting, nameOrder = 'first_last', mend = [] }: ImportChoices,
  caller: Caller,
): Promise<void> {
  const named = mapping.filter((field) => field !== null)
  if (!hasRequired(mapping) || new Set(named).size < named.length) throw mappingIncomplete()
  const worker = randomUUID()
  const { headerRow, fileName } = await database.in(instance, async (tx) => {
    const acting = await importer(tx, actorId, onExisting)
    const found = await findImport(tx, acting, importId)
    if (found === undefined) throw importNotFound()
    const headerRow = hasHeader ? await findHeaderRow(tx, keys, { instanceId: instance.id, importId }) : null
    if (!(await beginCheck(tx, importId, worker, { mapping, headerRow, onExisting, nameOrder }))) throw importNotReady()
    return { headerRow, fileName: found.fileName }
  })
  const { judge, late } = rowJudge({ mapping, nameOrder })
  const place = { instanceId: instance.id, importId }
  for (let after = headerRow ?? 0; ; ) {
    const rows = await database.in(instance, (tx) => readRows(tx, importId, after, rowsAtOnce))
    if (rows.length === 0) break
    after = rows.at(-1)!.row
    const opened = rows.map(({ row, cells }) => ({ row, cells: cells === null ? [] : openCells(keys, cells, { ...place, row }) }))
    const mended = opened.flatMap(({ row, cells }) => {
      const written = mendCells(mapping, row, cells, mend)
      return written.length === 0 ? [] : [{ row, cells, written }]
    })
    const judged = opened.map(({ row, cells }) => judge(row, cells))
    await refuseBreached(breached, mapping, opened, judged)
    await database.in(instance, async (tx) => {
      if (!(await holdCheck(tx, importId, worker))) throw importChanged()
      const acting = await importer(tx, actorId, onExisting)
      if (mended.length > 0) {
        await storeCells(
          tx,
          importId,
          mended.map(({ row, cells }) => ({ row, cells: sealCells(keys, cells, { ...place, row }) })),
        )
        const actor = { kind: 'account', accountId: actorId } as const
        for (const what of mendDetails(mended.flatMap(({ written }) => written)))
          await record(tx, { event: 'import_mended', actor, caller, detail: { importId, fileName, ...what } })
      }
      await storeJudged(tx, importId, await verdictsOf(tx, acting, judged, onExisting))
    })
  }
  await database.in(instance, async (tx) => {
    if (!(await holdCheck(tx, importId, worker))) throw importChanged()
    await refuseRows(tx, importId, late)
    await finishCheck(tx, importId, worker)
  })
}

/** Which row names the columns, when somebody says that one does: the one that names the most, and else the first. */
async function findHeaderRow(tx: Transaction, keys: Keys, place: Omit<RowPlace, 'row'>): Promise<number> {
  const first = await readRows(tx, place.importId, 0, mostRowsAbove)
  const shown = first.map(({ row, cells }) => (cells === null ? [] : openCells(keys, cells, { ...place, row }).map(cellShown)))
  return first[Math.max(0, guessColumns(shown).header)]!.row
}

/**
 * Who imports, with what they may do now. To change accounts by an import takes what it takes to change them by hand.
 * @throws not_permitted
 */
export async function importer(tx: Transaction, actorId: string, onExisting: OnExisting): Promise<ActingAccount> {
  const acting = await actingAccount(tx, actorId, 'accounts.import')
  if (onExisting === 'update' && !acting.permissions.includes('accounts.update')) throw notPermitted()
  return acting
}

/** What would become of each row. */
export async function verdictsOf(
  tx: Transaction,
  acting: ActingAccount,
  rows: readonly JudgedRow[],
  onExisting: OnExisting,
): Promise<Omit<NewRow, 'cells'>[]> {
  await planAnew(tx)
  const keysOfRows = rows.flatMap(({ fields }) => (fields === null ? [] : [fields.usernameKey]))
  const [places, existing] = await Promise.all([findPlaces(tx), findAccountsByKeys(tx, keysOfRows)])
  const world: World = { acting, ...places, existing: new Map(existing.map((account) => [account.usernameKey, account])) }
  return rows.map(({ row, fields, problems }) => {
    if (fields === null) return { row, fields, verdict: 'refused', problems }
    const { verdict, problems: more } = judgeInWorld(fields, world, onExisting)
    if (problems.every(({ note }) => note)) return { row, fields, verdict, problems: [...problems, ...more] }
    // A row that is refused by itself is told all that is wrong with it at once, and each thing once.
    const wrong = more.filter(
      ({ note, column, code }) => !note && !problems.some((each) => each.column === column && each.code === code),
    )
    return { row, fields, verdict: 'refused', problems: [...problems, ...wrong] }
  })
}

export const cellsKey = declareKey('import')

/** The place of a row: what is sealed for one place can be read at no other. */
export type RowPlace = { instanceId: string; importId: string; row: number }

const purposeOf = ({ instanceId, importId, row }: RowPlace) => `cells ${instanceId} ${importId} ${row}`

/** Cells as the database may hold them: one of them can be a password, and the row it stands in says whose. */
export function sealCells(keys: Keys, cells: readonly Cell[], place: RowPlace): Buffer {
  return seal(keys.of(cellsKey), JSON.stringify(cells), purposeOf(place))
}

/** @throws Error when they were sealed for another place */
export function openCells(keys: Keys, sealed: Buffer, place: RowPlace): Cell[] {
  return JSON.parse(unsealAt(keys.of(cellsKey), sealed, place)) as Cell[]
}

function unsealAt(key: Buffer, sealed: Buffer, place: RowPlace): string {
  try {
    return unseal(key, sealed, purposeOf(place))
  } catch (error) {
    // Version 0.1.0 sealed for no place. What it left is removed within days of the upgrade; a later version takes this away.
    try {
      return unseal(key, sealed, 'cells')
    } catch {
      throw error
    }
  }
}
