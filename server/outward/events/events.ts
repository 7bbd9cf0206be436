// Events: what has happened to the sessions and accounts of an instance, for whoever passes it on. Each reader reads in order, from where
// it has come to, and misses nothing. Owns no table: an event is a row of the audit, written in the transaction of what it tells.
import { type AuditEvent, auditEvents } from '../../audit/audit.ts'
import type { Database } from '../../platform/database.ts'
import { readPassage, type StoredEvent } from './store.ts'

/** Whether others are told: of sessions and accounts, as the audit names it. A new kind of event has to say so. */
const isTold = {
  login: true,
  proved_again: true,
  session_ended: true,
  account_created: true,
  account_changed: true,
  account_removed: true,
  account_disabled: true,
  account_enabled: true,
  initial_password_made: true,
  initial_password_voided: true,
  password_chosen: true,
  password_changed: true,
  password_reset: true,
  account_unlocked: false,
  person_exported: false,
  person_erased: false,
  epoch_begun: false,
  accounts_exported: false,
  audit_exported: false,
  profile_created: false,
  profile_changed: false,
  profile_removed: false,
  team_created: false,
  team_changed: false,
  team_removed: false,
  team_supervisor_added: false,
  team_supervisor_removed: false,
  import_finished: false,
  import_started: false,
  import_mended: false,
  import_undone: false,
  instance_created: false,
  instance_changed: false,
  seats_changed: false,
  module_created: false,
  module_changed: false,
  module_removed: false,
  module_secret_given: false,
  module_secret_taken_back: false,
  module_refused: false,
  signing_keys_rotated: false,
  mail_tested: false,
  login_refused: false,
  login_pending: false,
  password_change_refused: false,
  passwords_expired: false,
  rules_changed: false,
  recovery_asked: false,
  recovery_links_used_up: false,
  recovery_request_answered: false,
  recovery_request_refused: false,
  session_move_disputed: false,
  code_sheet_made: false,
  enrolment_postponed: false,
  factor_added: false,
  factor_refused: false,
  factor_removed: false,
  factor_renamed: false,
  factor_rule_changed: false,
  factors_reset: false,
  vouch_asked: false,
  vouch_refused: false,
  vouched: false,
} as const satisfies Record<AuditEvent, boolean>

export const toldEvents = auditEvents.filter((event) => isTold[event])

export type Event = StoredEvent & { event: AuditEvent }

/** Up to where somebody has read. Opaque: kept and handed back. */
export type Cursor = string

/**
 * What has happened after a cursor, in order, and the cursor to go on from. What a transaction has written that is still under way comes
 * later, together with all that was recorded after it began: nothing is ever passed by.
 * @param after undefined: from the beginning
 * @param limit how many rows of the audit are looked at, those that are not told among them
 * @returns `isLast` when there is no more for now
 */
export async function readEvents(
  { database }: { database: Database },
  instance: { id: string },
  after: Cursor | undefined,
  limit: number,
): Promise<{ events: Event[]; cursor: Cursor; isLast: boolean }> {
  const [horizon, id] = (after ?? '0.0').split('.') as [string, string]
  if (!/^\d{1,18}\.\d{1,18}$/.test(`${horizon}.${id}`)) throw new TypeError('no cursor of events')
  const passage = await database.in(instance, (tx) => readPassage(tx, toldEvents, { horizon, id }, limit))
  const isLast = passage.looked < limit
  // Where there are no more, all that lies before the first transaction that is under way has been read, told or not.
  const reached = isLast ? { horizon: passage.horizon, id: '0' } : passage.last!
  return { events: passage.events as Event[], cursor: `${reached.horizon}.${reached.id}`, isLast }
}
