import type { Transaction } from '../../platform/database.ts'

/** What whoever disabled an account said. */
export async function findDisabledReason(tx: Transaction, accountId: string): Promise<string | null> {
  const row = await tx.selectFrom('account').select('disabledReason').where('id', '=', accountId).executeTakeFirst()
  return row?.disabledReason ?? null
}
