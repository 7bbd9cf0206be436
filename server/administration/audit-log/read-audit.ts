import { type ActingAccount, actingAccount } from '../../directory/accounts/accounts.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { type AuditFilter, listEvents, namesOf, type Place, removedNames, type StoredEvent } from './store.ts'

export type Person = {
  id: string
  /** Empty when nothing is known of the account any more. */
  username: string
  fullName: string
  removed: boolean
}

export type ShownEvent = Pick<StoredEvent, 'id' | 'at' | 'event' | 'actorKind' | 'address'> & {
  actor: Person | null
  /** Whom it was done to. */
  subject: Person | null
  device: string
  detail: Record<string, unknown>
}

export type AuditPage = {
  events: ShownEvent[]
  next: Place | undefined
  searchedTo: Date | undefined
  names: Record<string, string>
}

/**
 * One page of what happened within reach, with everybody's name, the latest first.
 * @param timeZone in which the days of the filter begin
 * @throws not_permitted
 */
export function readAudit(
  database: Database,
  instance: { id: string },
  { accountId, timeZone }: { accountId: string; timeZone: string },
  filter: AuditFilter,
  place: { after: Place | undefined; limit: number },
): Promise<AuditPage> {
  return database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, accountId, 'audit.view')
    const { events, ...rest } = await listEvents(tx, acting, filter, { timeZone, ...place })
    return { events: await withNames(tx, events), ...rest, names: await namesIn(tx, acting, events) }
  })
}

async function withNames(tx: Transaction, events: readonly StoredEvent[]): Promise<ShownEvent[]> {
  const unknown = events.flatMap(({ actorId, actorName, subjectId, subjectName }) => [
    ...(actorId !== null && actorName === null ? [actorId] : []),
    ...(subjectId !== null && subjectName === null ? [subjectId] : []),
  ])
  const removed = unknown.length === 0 ? new Map() : await removedNames(tx, [...new Set(unknown)])
  const person = (id: string | null, username: string | null, fullName: string | null): Person | null => {
    if (id === null) return null
    if (username !== null && fullName !== null) return { id, username, fullName, removed: false }
    return { id, ...(removed.get(id) ?? { username: '', fullName: '' }), removed: true }
  }
  return events.map(({ id, at, event, actorKind, address, detail: { device, ...detail }, ...of }) => ({
    id,
    at,
    event,
    actorKind,
    actor: person(of.actorId, of.actorUsername, of.actorName),
    subject: person(of.subjectId, of.subjectUsername, of.subjectName),
    address,
    device: typeof device === 'string' ? device : '',
    detail,
  }))
}

/** The names of the profiles and teams that accounts had before and after. */
function namesIn(tx: Transaction, acting: ActingAccount, events: readonly StoredEvent[]): Promise<Record<string, string>> {
  const ids = events.flatMap(({ detail }) => {
    const changes = (detail.changes ?? {}) as Record<string, { from?: unknown; to?: unknown } | undefined>
    const users = [detail, (detail.changed ?? {}) as Record<string, unknown>].flatMap(({ profiles, teams }) =>
      [profiles, teams].flat(),
    )
    return [
      ...users,
      detail.profileId,
      detail.teamId,
      ...[changes.profileId, changes.teamId].flatMap((each) => [each?.from, each?.to]),
    ]
  })
  const wanted = [...new Set(ids.filter((id): id is string => typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)))]
  return wanted.length === 0 ? Promise.resolve({}) : namesOf(tx, acting, wanted)
}
