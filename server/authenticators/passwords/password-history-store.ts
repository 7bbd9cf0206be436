import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { TidyStep } from '../../platform/tidying.ts'
import { findRules } from '../../rules/rules.ts'

/** The hashes that a new password is compared with: of the present lasting one, if there is one, and of those before, newest first. */
export async function findEarlierHashes(
  tx: Transaction,
  accountId: string,
  count: number,
): Promise<{ present: string | null; former: string[] }> {
  const [password, former] = await Promise.all([
    tx.selectFrom('password').select('hash').where('accountId', '=', accountId).executeTakeFirst(),
    count === 0
      ? []
      : tx
          .selectFrom('passwordHistory')
          .select('hash')
          .where('accountId', '=', accountId)
          .orderBy('replacedAt', 'desc')
          .limit(count)
          .execute(),
  ])
  return { present: password?.hash ?? null, former: former.map(({ hash }) => hash) }
}

/**
 * Keeps the lasting password that is about to be replaced, as long as a rule asks for it, and forgets what is older than the rule needs.
 * Call with the account locked.
 */
export async function keepFormerPassword(tx: Transaction, accountId: string, count: number): Promise<void> {
  if (count > 0)
    await sql`insert into password_history (account_id, hash)
      select account_id, hash from password where account_id = ${accountId} and hash is not null`.execute(tx)
  await sql`delete from password_history where account_id = ${accountId} and replaced_at not in (
    select replaced_at from password_history where account_id = ${accountId} order by replaced_at desc limit ${count})`.execute(
    tx,
  )
}

/** What no rule needs any more, after the rule was lowered. */
export const historyTidying: readonly TidyStep[] = [
  {
    name: 'former passwords',
    async tidy(tx, most) {
      const { formerPasswords } = await findRules(tx)
      const { numAffectedRows } = await sql`
        delete from password_history where ctid = any (array(
          select ctid from password_history old
          where ${formerPasswords} <= (select count(*) from password_history later
            where later.account_id = old.account_id and later.replaced_at > old.replaced_at)
          limit ${most}))`.execute(tx)
      return Number(numAffectedRows)
    },
  },
]
