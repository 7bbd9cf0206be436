// Why can't they log in? Every check of a login in its order, as a login would meet it at this moment, and what mends it.

import { type Mend, mends } from '../../../contracts/desk.ts'
import { findFactorStanding } from '../../authenticators/factors/factors.ts'
import { type CredentialStanding, credentialStanding, findPasswordStanding } from '../../authenticators/passwords/passwords.ts'
import { actingAccount, type LockedAccount, lockSeenAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import type { Keys } from '../../platform/secret.ts'
import { findRules } from '../../rules/rules.ts'
import { rehearseStart } from '../../sessions/sessions.ts'
import type { Hold, Step } from '../../sign-in/sign-in.ts'
import { findDisabledReason } from './store.ts'

export type DeskNeeds = { database: Database; keys: Keys; steps: readonly Step[] }

export type LoginCheck = {
  /**
   * What is asked: first what comes before a proof, which is all answered alike at the login and may explain itself only here; then the
   * steps of a sign-in, by their names.
   */
  check: string
  /** `asks`: the login goes on by choosing a password. `unknown`: it cannot be known from here. */
  answer: 'passes' | 'stops' | 'asks' | 'unknown'
  /** What is the matter, as a text has it; null where nothing is. */
  code: string | null
  /** When it ends, ended, begins or began; as the code says. */
  at: Date | null
  /** The words of whoever disabled the account; the device and the address of the other session. */
  words: string | null
  mend: { act: Mend; permitted: boolean } | null
}

export type LoginChecks = {
  account: Pick<LockedAccount, 'id' | 'username' | 'fullName'>
  /** What a login with the right password, from a browser that nobody knows, meets first: the code of a check, or `logs_in`. */
  outcome: string
  checks: LoginCheck[]
  /** Whether a browser in which the person logged in before may try, although others have to wait. */
  ownBrowserIsFree: boolean
  /** Whether whoever asks may make a new initial password. */
  mayGivePassword: boolean
}

/**
 * Goes through the checks by the code that a login goes through, and undoes what that wrote.
 * @throws account_not_found, not_permitted
 */
export async function loginChecks(
  { database, keys, steps }: DeskNeeds,
  instance: { id: string },
  actorId: string,
  accountId: string,
  caller: Caller,
): Promise<LoginChecks> {
  return database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, actorId, 'accounts.view')
    const { account, mayBeChanged } = await lockSeenAccount(tx, acting, accountId)
    const mayAct = mayBeChanged && accountId !== actorId
    const may = (act: Mend) => mayAct && acting.permissions.includes(mends[act])
    const rules = await findRules(tx)
    const credentials = await credentialStanding(tx, keys, instance, account, caller.address, rules)
    const facts = {
      account,
      proofs: [{ kind: 'password', at: account.now } as const],
      password: await findPasswordStanding(tx, accountId, rules),
      factors: await findFactorStanding(tx, accountId),
      postponed: false,
      start: await rehearseStart(tx, accountId, caller),
      mayMoveSession: rules.endOtherSession,
    }
    const disabledReason = account.enabled ? null : await findDisabledReason(tx, accountId)

    const results = [
      addressCheck(credentials),
      attemptsCheck(credentials),
      enabledCheck(account, disabledReason),
      passwordCheck(credentials),
      ...steps.map((step) => stepCheck(step, step.hold(facts), acting.permissions.includes('sessions.view'))),
    ]
    const checks = results.map(({ mend, ...check }) => ({ ...check, mend: mend && { act: mend, permitted: may(mend) } }))
    const first = checks.find(({ check, answer }) => check !== 'address' && (answer === 'stops' || answer === 'asks'))
    const { id, username, fullName } = account
    return {
      account: { id, username, fullName },
      outcome: first?.code ?? 'logs_in',
      checks,
      ownBrowserIsFree: credentials.ownBrowserIsFree,
      mayGivePassword: may('new_password'),
    }
  })
}

type Result = Omit<LoginCheck, 'mend'> & { mend: Mend | null }

const passes = (check: LoginCheck['check']): Result => ({
  check,
  answer: 'passes',
  code: null,
  at: null,
  words: null,
  mend: null,
})
const stops = (check: LoginCheck['check'], code: string, mend: Mend | null, at: Date | null = null): Result => ({
  ...passes(check),
  answer: 'stops',
  code,
  mend,
  at,
})

/** Where the person sits, nobody here knows; but many sit where the supervisor does. */
function addressCheck({ addressWaitSeconds }: CredentialStanding): Result {
  if (addressWaitSeconds === undefined) return { ...passes('address'), answer: 'unknown', code: 'address_unknown' }
  return stops('address', 'address_waits', null, new Date(Date.now() + 1000 * addressWaitSeconds))
}

function attemptsCheck({ lock }: CredentialStanding): Result {
  if (lock === undefined) return passes('attempts')
  return lock.until === null
    ? stops('attempts', 'attempts_used_up', 'new_password')
    : stops('attempts', 'locked', 'unlock', lock.until)
}

function enabledCheck({ enabled }: LockedAccount, disabledReason: string | null): Result {
  return enabled ? passes('enabled') : { ...stops('enabled', 'disabled', 'enable'), words: disabledReason }
}

function passwordCheck({ password }: CredentialStanding): Result {
  return password === 'none' ? stops('password', 'no_password', 'new_password') : passes('password')
}

/** @param maySeeSessions whether who asks may see since when and where somebody is logged in */
function stepCheck({ name, mend }: Step, hold: Hold | undefined, maySeeSessions: boolean): Result {
  if (hold === undefined) return passes(name)
  const { code, answer, at = null, other } = hold
  if (other === undefined || !maySeeSessions)
    return { check: name, code, answer, at: other ? null : at, words: null, mend: mend(hold) }
  return { check: name, code, answer, at, words: [other.device, other.address].filter(Boolean).join(' · '), mend: mend(hold) }
}
