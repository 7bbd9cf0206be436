import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { FactorState } from './tables.ts'

export type StoredTotp = { factorId: string; sealedSecret: Buffer; digits: number; stepSeconds: number; drift: number }

export async function insertTotp(
  tx: Transaction,
  totp: { factorId: string; sealedSecret: Buffer; digits: number; stepSeconds: number },
): Promise<void> {
  await tx.insertInto('totpSecret').values(totp).execute()
}

/** What makes the codes of an account: of its live factors, or of one that is being set up. */
export async function findTotps(
  tx: Transaction,
  accountId: string,
  { state, factorId }: { state: FactorState; factorId?: string },
): Promise<StoredTotp[]> {
  return tx
    .selectFrom('totpSecret')
    .innerJoin('factor', 'factor.id', 'totpSecret.factorId')
    .select(['totpSecret.factorId', 'totpSecret.sealedSecret', 'totpSecret.digits', 'totpSecret.stepSeconds', 'totpSecret.drift'])
    .where('factor.accountId', '=', accountId)
    .where('factor.state', '=', state)
    .$if(factorId !== undefined, (query) => query.where('factor.id', '=', factorId!))
    .orderBy('factor.madeAt')
    .execute()
}

/**
 * Takes the code of a step, and keeps by how much the clock that made it is ahead; false when that code, or one from after it, was taken
 * already. One statement, so each code once. Source: RFC 6238, 5.2; NIST SP 800-63B-4, 3.1.4.2.
 */
export async function consumeTotpStep(tx: Transaction, factorId: string, step: number, drift: number): Promise<boolean> {
  const row = await tx
    .updateTable('totpSecret')
    .set({ lastStep: step, drift })
    .where('factorId', '=', factorId)
    .where(sql<boolean>`last_step < ${step}`)
    .returning('factorId')
    .executeTakeFirst()
  return row !== undefined
}
