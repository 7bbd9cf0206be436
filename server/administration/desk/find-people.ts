// The people of a supervisor, found by a few letters, each with all that can be in the way of a login at this moment.

import { type PersonState, personStates } from '../../../contracts/desk.ts'
import { findHindrances } from '../../authenticators/passwords/passwords.ts'
import { actingAccount, findLoginWindows, loginWindow } from '../../directory/accounts/accounts.ts'
import { findRules } from '../../rules/rules.ts'
import { findSeenSessions, rehearseSeat, type SeenSession } from '../../sessions/sessions.ts'
import { type ListedAccount, listAccounts } from '../users/users.ts'
import type { DeskNeeds } from './login-checks.ts'

export type Person = Pick<ListedAccount, 'id' | 'username' | 'fullName' | 'team' | 'profile'> & {
  states: { state: PersonState; at: Date | null }[]
  /** Where they are logged in, for whoever may see sessions. */
  session: SeenSession | undefined
  /** Whether whoever asks may act on the account, as far as their permissions go. */
  mayAct: boolean
}

/** As many as can be looked through on a phone; who is not among them is found by one letter more. */
const mostPeople = 20

/**
 * The people within reach whose name, username or address holds the words.
 * @throws not_permitted
 */
export async function findPeople(
  { database, keys }: DeskNeeds,
  instance: { id: string },
  actorId: string,
  search: string,
): Promise<{ people: Person[]; total: number }> {
  return database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, actorId, 'accounts.view')
    const maySeeSessions = acting.permissions.includes('sessions.view')
    const order = { sort: 'fullName', descending: false, offset: 0, limit: mostPeople } as const
    const { accounts, total } = await listAccounts(tx, acting, { search }, order)
    const rules = await findRules(tx)
    const ids = accounts.map(({ id }) => id)
    const hindrances = await findHindrances(tx, keys, accounts, rules)
    const windows = await findLoginWindows(tx, ids)
    const sessions = await findSeenSessions(tx, ids, rules)
    // Seats are the instance's: what holds for one holds for all who have none, but for Administrators, who have a reserve.
    const seatless = accounts.filter(({ id, profile }) => !sessions.has(id) && profile.name !== 'Administrator')
    const noSeat = seatless[0] !== undefined && !(await rehearseSeat(tx, seatless[0].id))

    return {
      total,
      people: accounts.map((account) => {
        const { id, username, fullName, team, profile, enabled, state, mayChange } = account
        const session = sessions.get(id)
        const { lock, expired } = hindrances.get(id) ?? {}
        const window = windows.get(id)
        const shut = window && loginWindow(window, window.now)
        const found = new Map<PersonState, Date | null>()
        if (lock) found.set(lock.until === null ? 'attempts_used_up' : 'locked', lock.until)
        if (!enabled) found.set('disabled', null)
        if (shut && !shut.open) found.set(shut.reason, shut.opensAt ?? null)
        if (isOfPassword(state)) found.set(state, null)
        if (expired) found.set('password_expired', null)
        if (session) found.set('logged_in', maySeeSessions ? session.startedAt : null)
        if (noSeat && seatless.includes(account)) found.set('no_seat', null)
        const states = personStates.filter((each) => found.has(each)).map((each) => ({ state: each, at: found.get(each)! }))
        const seen = maySeeSessions ? session : undefined
        return { id, username, fullName, team, profile, states, session: seen, mayAct: mayChange && id !== actorId }
      }),
    }
  })
}

function isOfPassword(state: ListedAccount['state']) {
  return state === 'no_password' || state === 'initial_password_expired' || state === 'initial_password'
}
