import { sql } from 'kysely'
import { sheetCodes } from '../../../contracts/factors.ts'
import type { Transaction } from '../../platform/database.ts'
import type { StoredSheet } from './code-sheet.ts'
import type { FactorState } from './tables.ts'

/** A sheet with the number that is asked for; one more than there are codes when all are used. */
export type AskedSheet = StoredSheet & { factorId: string; number: number; codes: number }

export async function insertSheet(tx: Transaction, factorId: string, { salt, hashes }: StoredSheet): Promise<void> {
  await tx.insertInto('codeSheet').values({ factorId, salt, hashes, codes: sheetCodes }).execute()
}

/** The live sheet of an account, or one that is being set up. */
export async function findSheet(
  tx: Transaction,
  accountId: string,
  { state, factorId }: { state: FactorState; factorId?: string | undefined },
): Promise<AskedSheet | undefined> {
  return tx
    .selectFrom('codeSheet')
    .innerJoin('factor', 'factor.id', 'codeSheet.factorId')
    .select(['codeSheet.factorId', 'codeSheet.salt', 'codeSheet.hashes', 'codeSheet.codes', 'codeSheet.nextNumber as number'])
    .where('factor.accountId', '=', accountId)
    .where('factor.state', '=', state)
    .$if(factorId !== undefined, (query) => query.where('factor.id', '=', factorId!))
    .executeTakeFirst()
}

/** Uses up the code that is asked for, and only that one; false when it was used already. One statement, so each code once. */
export async function consumeSheetCode(tx: Transaction, factorId: string, number: number): Promise<boolean> {
  const row = await tx
    .updateTable('codeSheet')
    .set({ nextNumber: sql`next_number + 1` })
    .where('factorId', '=', factorId)
    .where('nextNumber', '=', number)
    .where(sql<boolean>`next_number <= codes`)
    .returning('factorId')
    .executeTakeFirst()
  return row !== undefined
}
