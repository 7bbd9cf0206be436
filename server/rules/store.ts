import { sql } from 'kysely'
import { type Reasons, type Rules, ruleNames } from '../../contracts/rules.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { defaultRules } from './rule-catalogue.ts'

/** The rules as they hold, and from when on a lasting password must have been chosen, if somebody asked everybody for a new one. */
export type HeldRules = Rules & { passwordsChosenAfter: Date | null }

/** The rules as they are changed. Version 0 means that nothing was ever set. */
export type StoredRules = { version: number; rules: Rules; reasons: Reasons; passwordsChosenAfter: Date | null }

const held: HeldRules = { ...defaultRules, passwordsChosenAfter: null }
const heldColumns = [...ruleNames, 'passwordsChosenAfter'] as const
const storedColumns = [...heldColumns, 'version', 'reasons'] as const
const columns = sql.join(heldColumns.map((name) => sql.ref(name)))

/** The rules that hold in an instance, in one round trip. */
export async function readRules(database: Database, instance: { id: string }): Promise<HeldRules> {
  return database.call(async (db) => {
    const { rows } = await sql<HeldRules>`select ${columns} from find_rules(${instance.id})`.execute(db)
    return rows[0] ?? held
  })
}

/** The rules that hold in the transaction's instance, as this moment knows them. */
export async function findRules(tx: Transaction): Promise<HeldRules> {
  const { rows } = await sql<HeldRules>`select ${columns} from rules`.execute(tx)
  return rows[0] ?? held
}

/** The rules with what belongs to a change of them, whose row is held until the transaction ends. */
export async function lockRules(tx: Transaction): Promise<StoredRules> {
  return stored(await tx.selectFrom('rules').select(storedColumns).forNoKeyUpdate().executeTakeFirst())
}

export async function findStoredRules(tx: Transaction): Promise<StoredRules> {
  return stored(await tx.selectFrom('rules').select(storedColumns).executeTakeFirst())
}

/** What a first row says beside what is set: the database does not know which languages there are. */
const unsaid = { languages: defaultRules.languages }

type Row = HeldRules & { version: number; reasons: Reasons }

function stored(row: Row | undefined): StoredRules {
  if (row === undefined) return { version: 0, rules: { ...defaultRules }, reasons: {}, passwordsChosenAfter: null }
  const rules = Object.fromEntries(ruleNames.map((name) => [name, row[name]])) as Rules
  return { version: row.version, rules, reasons: row.reasons, passwordsChosenAfter: row.passwordsChosenAfter }
}

/** Sets the rules; undefined, and nothing is written, when they are no longer of this version. Returns the new version. */
export async function updateRules(
  tx: Transaction,
  version: number,
  rules: Partial<Rules>,
  reasons: Reasons,
): Promise<number | undefined> {
  const fields = { ...rules, reasons: JSON.stringify(reasons), version: version + 1 }
  const row = await tx
    .insertInto('rules')
    .values({ ...unsaid, ...fields })
    .onConflict((conflict) => conflict.column('instanceId').doUpdateSet(fields).where('rules.version', '=', version))
    .returning('version')
    .executeTakeFirst()
  return row?.version
}

/** From now on, whoever logs in with a lasting password of before has to choose another one. */
export async function expirePasswords(tx: Transaction): Promise<void> {
  const passwordsChosenAfter = sql<Date>`date_trunc('milliseconds', clock_timestamp())`
  await tx
    .insertInto('rules')
    .values({ ...unsaid, passwordsChosenAfter, version: 0 })
    .onConflict((conflict) => conflict.column('instanceId').doUpdateSet({ passwordsChosenAfter }))
    .execute()
}
