import { ownAccount } from '../../directory/accounts/accounts.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { Problem } from '../../platform/problem.ts'
import { lastAdministrator } from './problems.ts'

/** An account to which nothing was done, and why. */
export type Refused = { accountId: string; code: string }

/**
 * Does one thing to each account of a selection, each in its own transaction: one that refuses does not stop the others.
 * @param exceptId whoever asks: nobody does this to the own account
 */
export async function actOnEach<T>(
  database: Database,
  instance: { id: string },
  accountIds: readonly string[],
  act: (tx: Transaction, accountId: string) => Promise<T>,
  exceptId: string,
): Promise<{ done: T[]; refused: Refused[] }> {
  const done: T[] = []
  const refused: Refused[] = []
  for (const accountId of accountIds) {
    try {
      if (accountId === exceptId) throw ownAccount()
      done.push(await orLastAdministrator(() => database.in(instance, (tx) => act(tx, accountId))))
    } catch (error) {
      // The database away, or a permission that is gone, is no matter of this account: it ends the whole.
      if (!(error instanceof Problem) || error.status >= 500 || error.code === 'not_permitted') throw error
      refused.push({ accountId, code: error.code })
    }
  }
  return { done, refused }
}

/** The database keeps an instance from losing its last Administrator; here it gets the words for it. */
export async function orLastAdministrator<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw (error as { code?: unknown }).code === 'GH001' ? lastAdministrator() : error
  }
}
