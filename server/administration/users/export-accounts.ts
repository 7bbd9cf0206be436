import { importFields, sheetColumns } from '../../../contracts/sheet-columns.ts'
import { record } from '../../audit/audit.ts'
import { type ActingAccount, actingAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { type AccountDetails, type AccountFilter, listForExport } from './store.ts'

/** What an import takes as it is, and what only an export says. Nobody learns a password here. */
const columns = importFields.filter((column) => column !== 'password')
const header = [...columns.map((column) => sheetColumns[column].header), 'State', 'Last Login']

/**
 * The accounts of a filtered list as rows of a spreadsheet, the header first. Who takes the list away stands in the audit.
 * @throws not_permitted
 */
export async function exportAccounts(
  { database }: { database: Database },
  instance: { id: string },
  actorId: string,
  { format, ...filter }: AccountFilter & { format: 'csv' | 'xlsx' },
  caller: Caller,
): Promise<Iterable<string[]>> {
  const accounts = await database.in(instance, async (tx) => {
    const acting: ActingAccount = await actingAccount(tx, actorId, 'accounts.export')
    const accounts = await listForExport(tx, acting, filter)
    const detail = { format, count: accounts.length, filter }
    await record(tx, { event: 'accounts_exported', actor: { kind: 'account', accountId: actorId }, caller, detail })
    return accounts
  })
  return rowsOf(accounts)
}

/** One after the other, as they are sent: all of them as text at once would be twice the memory. */
function* rowsOf(accounts: readonly AccountDetails[]): Generator<string[]> {
  yield header
  for (const { profile, team, ...account } of accounts) {
    const said = { ...account, profile: profile.name, team: team?.name }
    yield [...columns.map((column) => said[column] ?? ''), account.state, account.lastLoginAt?.toISOString() ?? '']
  }
}
