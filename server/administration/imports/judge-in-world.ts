// What becomes of a row in this instance: whether its account exists, and whether who imports may give what it asks for. Pure.
import { type AccountField, type AccountFields, accountFieldNames } from '../../../contracts/account-fields.ts'
import { defaultProfile } from '../../../contracts/permissions.ts'
import { mayChangeAddress } from '../../credentials/credentials.ts'
import { type ActingAccount, hasAll, reachesTeam, type StoredAccount } from '../../directory/accounts/accounts.ts'
import type { RowFields, RowProblem } from './judge-rows.ts'

export type OnExisting = 'skip' | 'update' | 'refuse'
export type Verdict = 'create' | 'change' | 'skip' | 'refused'

/** What the instance has and who imports, at this moment. */
export type World = {
  acting: ActingAccount
  /** By name in small letters. */
  profiles: ReadonlyMap<string, { id: string; permissions: readonly string[] }>
  teams: ReadonlyMap<string, string>
  /** By username key. */
  existing: ReadonlyMap<string, StoredAccount>
}

/** What a row would make of its account. */
export type Account = Omit<AccountFields, 'loginHours'>
export type Changes = Partial<Record<keyof Account, { from: string | null; to: string | null }>>

export type Judgement = {
  verdict: Verdict
  problems: RowProblem[]
  account?: Account
  changes?: Changes
  existing?: StoredAccount
}

/** What an empty cell leaves as it is. */
const leftIfEmpty = accountFieldNames.filter(
  (field): field is Exclude<AccountField, 'fullName' | 'profileId' | 'teamId' | 'loginHours'> =>
    !['fullName', 'profileId', 'teamId', 'loginHours'].includes(field),
)

/** Judges what a row says, which is by itself in order. An empty cell of an existing account leaves it as it is. */
export function judgeInWorld(fields: RowFields, world: World, onExisting: OnExisting): Judgement {
  const { acting } = world
  const existing = world.existing.get(fields.usernameKey)
  if (existing !== undefined) {
    // Out of reach is as if it were not there, but its name is taken.
    if (onExisting === 'refuse' || (onExisting === 'update' && !reachesTeam(acting, existing.teamId)))
      return refused('username', fields.username, 'username_taken')
    if (onExisting === 'skip') return { verdict: 'skip', problems: [note('username', fields.username, 'skipped')] }
    if (!hasAll(acting, existing.permissions)) return refused('username', fields.username, 'beyond_your_permissions')
  }
  const problems: RowProblem[] = []
  const account = accountOf(fields, existing, world, problems)
  if (existing?.id === acting.accountId && account.profileId !== existing.profileId)
    problems.push({ column: 'profile', value: fields.profile ?? '', code: 'own_account' })
  if (account.validFrom !== null && account.validUntil !== null && account.validUntil < account.validFrom)
    problems.push({ column: 'validUntil', value: account.validUntil, code: 'ends_before_it_begins' })
  if (problems.length > 0) return { verdict: 'refused', problems }
  if (existing === undefined) return { verdict: 'create', problems, account }

  if (fields.password) problems.push(note('password', '', 'password_kept'))
  const changes = changesOf(existing, account)
  if (changes.email !== undefined && !mayChangeAddress(acting))
    return refused('email', account.email ?? '', 'address_takes_new_password')
  if (Object.keys(changes).length > 0) return { verdict: 'change', problems, account, changes, existing }
  return { verdict: 'skip', problems: [...problems, note('username', fields.username, 'unchanged')] }
}

function accountOf(
  fields: RowFields,
  existing: StoredAccount | undefined,
  { acting, profiles, teams }: World,
  problems: RowProblem[],
): Account {
  const account = {
    fullName: fields.fullName,
    profileId: existing?.profileId ?? '',
    teamId: existing?.teamId ?? null,
  } as Account
  for (const field of leftIfEmpty) account[field] = fields[field] ?? existing?.[field] ?? null
  const profileName = fields.profile ?? (existing === undefined ? defaultProfile : undefined)
  if (profileName !== undefined) {
    const profile = profiles.get(profileName.toLowerCase())
    if (profile === undefined) problems.push({ column: 'profile', value: profileName, code: 'profile_unknown' })
    else if (!hasAll(acting, profile.permissions))
      problems.push({ column: 'profile', value: profileName, code: 'beyond_your_permissions' })
    else account.profileId = profile.id
  }
  if (fields.team !== undefined) {
    const team = teams.get(fields.team.toLowerCase())
    if (team === undefined || !reachesTeam(acting, team))
      problems.push({ column: 'team', value: fields.team, code: 'team_unknown' })
    else account.teamId = team
  } else if (existing === undefined && acting.teams !== 'all') problems.push({ column: 'team', value: '', code: 'required' })
  return account
}

function changesOf(existing: StoredAccount, account: Account): Changes {
  return Object.fromEntries(
    (Object.keys(account) as (keyof Account)[])
      .filter((field) => existing[field] !== account[field])
      .map((field) => [field, { from: existing[field], to: account[field] }]),
  )
}

function refused(column: RowProblem['column'], value: string, code: string): Judgement {
  return { verdict: 'refused', problems: [{ column, value, code }] }
}

function note(column: RowProblem['column'], value: string, code: string): RowProblem {
  return { column, value, code, note: true }
}
