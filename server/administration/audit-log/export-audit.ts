import { record } from '../../audit/audit.ts'
import { actingAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { readAudit } from './read-audit.ts'
import type { AuditFilter, Place } from './store.ts'

const header = ['Time', 'Event', 'Done by', 'Name', 'Done to', 'Name', 'Address', 'Device', 'Details']
const rowsAtOnce = 1000
/** More than anybody reads in a spreadsheet; who needs all of it takes it month by month. */
const mostRows = 100_000

/**
 * What happened, filtered, as rows of a spreadsheet, the header first and the latest event after it: 100,000 at the most, read a
 * thousand at a time while they are sent. Who takes it away stands in the audit. Details are JSON.
 * @throws not_permitted
 */
export async function exportAudit(
  database: Database,
  instance: { id: string },
  who: { accountId: string; timeZone: string },
  { format, ...filter }: AuditFilter & { format: 'csv' | 'xlsx' },
  caller: Caller,
): Promise<AsyncIterable<string[]>> {
  await database.in(instance, async (tx) => {
    await actingAccount(tx, who.accountId, 'audit.view')
    const actor = { kind: 'account', accountId: who.accountId } as const
    await record(tx, { event: 'audit_exported', actor, caller, detail: { format, filter } })
  })
  return rowsOf(database, instance, who, filter)
}

async function* rowsOf(
  database: Database,
  instance: { id: string },
  who: { accountId: string; timeZone: string },
  filter: AuditFilter,
): AsyncGenerator<string[]> {
  yield header
  let after: Place | undefined
  for (let written = 0; written < mostRows; ) {
    const { events, next } = await readAudit(database, instance, who, filter, { after, limit: rowsAtOnce })
    for (const { at, event, actorKind, actor, subject, address, device, detail } of events)
      yield [
        at.toISOString(),
        event,
        actor?.username ?? actorKind,
        actor?.fullName ?? '',
        subject?.username ?? '',
        subject?.fullName ?? '',
        address ?? '',
        device,
        Object.keys(detail).length === 0 ? '' : JSON.stringify(detail),
      ]
    if (next === undefined) return
    written += events.length
    after = next
  }
}
