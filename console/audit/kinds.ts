import type { Answer } from '../app/api.ts'

export type AuditEvent = Answer<'GET /api/audit'>['events'][number]
export type Kind = AuditEvent['event']

export const groups = ['logins', 'passwords', 'accounts', 'places', 'imports', 'instance'] as const

/** Every kind of event, in the groups in which one looks for it. The compiler says when one is missing. */
export const groupOf: Record<Kind, (typeof groups)[number]> = {
  login: 'logins',
  login_refused: 'logins',
  login_pending: 'logins',
  proved_again: 'logins',
  session_ended: 'logins',
  session_move_disputed: 'logins',
  initial_password_made: 'passwords',
  initial_password_voided: 'passwords',
  password_chosen: 'passwords',
  password_changed: 'passwords',
  password_change_refused: 'passwords',
  password_reset: 'passwords',
  passwords_expired: 'passwords',
  recovery_asked: 'passwords',
  recovery_links_used_up: 'passwords',
  recovery_request_answered: 'passwords',
  recovery_request_refused: 'passwords',
  account_created: 'accounts',
  account_changed: 'accounts',
  account_enabled: 'accounts',
  account_disabled: 'accounts',
  account_unlocked: 'accounts',
  account_removed: 'accounts',
  profile_created: 'places',
  profile_changed: 'places',
  profile_removed: 'places',
  team_created: 'places',
  team_changed: 'places',
  team_removed: 'places',
  team_supervisor_added: 'places',
  team_supervisor_removed: 'places',
  import_started: 'imports',
  import_mended: 'imports',
  import_finished: 'imports',
  import_undone: 'imports',
  accounts_exported: 'imports',
  audit_exported: 'imports',
  rules_changed: 'instance',
  instance_created: 'instance',
  instance_changed: 'instance',
  seats_changed: 'instance',
  epoch_begun: 'instance',
  mail_tested: 'instance',
}
