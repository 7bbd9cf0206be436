// People who log in, look, change their password and log out, again and again; and a ledger of everything that they were told.
import { createHash, randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { type HttpAnswer, HttpBrowser } from '../http-browser.ts'

const sessionCookie = '__Host-gatehouse-session'
// People are told to try again in 5 s; ours are less patient, to see the moment at which it works again.
const patience = 250

export type Load = {
  /** Answers that were no 503, and when the last person was served since then. */
  served: number
  /** Answers of 503, each with Retry-After. */
  busy: number
  /** Connections that broke, or were never answered. */
  broken: string[]
  /** Answers that must never be given. */
  wrong: string[]
  longestMs: number
  /** When each person was last served, as performance.now(). */
  readonly servedAt: Map<string, number>
  /** Lets everybody finish what they are doing. */
  end(): Promise<void>
  /** Compares what people were told with what the database has. @returns what was acknowledged */
  compare(owner: pg.Pool): Promise<{ logins: number; logOuts: number; changes: number }>
}

type Known = 'out' | 'in' | 'unknown'

class Busy extends Error {}

/** @param people username and password of each; each has one browser, at the proxy */
export function startLoad(url: string, people: { username: string; password: string }[]): Load {
  const ledger = new Map(people.map(({ username }) => [username, { logins: 0, changes: 0, endedTokens: [] as string[] }]))
  const since = new Date(Date.now() - 1000)
  let ending = false
  const load = {
    served: 0,
    busy: 0,
    broken: [] as string[],
    wrong: [] as string[],
    longestMs: 0,
    servedAt: new Map<string, number>(),
  }
  const working = people.map((person, place) => live(person, place))

  async function live(person: { username: string; password: string }, place: number): Promise<void> {
    const { username, password } = person
    const browser = new HttpBrowser(url)
    const told = ledger.get(username)!
    // What the person knows of the own session, and which passwords may be the right one.
    let known: Known = 'out'
    let passwords = [password]
    let round = 0

    const ask = async (what: string, send: () => Promise<HttpAnswer>): Promise<HttpAnswer> => {
      const began = performance.now()
      let answer: HttpAnswer
      try {
        answer = await send()
      } catch (error) {
        load.broken.push(`${username} ${what}: ${(error as Error).message}`)
        throw new Busy()
      } finally {
        load.longestMs = Math.max(load.longestMs, performance.now() - began)
      }
      if (answer.status === 503) {
        load.busy += 1
        if (!(Number(answer.retryAfter) > 0)) load.wrong.push(`${what}: 503 without Retry-After`)
        throw new Busy()
      }
      load.served += 1
      load.servedAt.set(username, performance.now())
      return answer
    }
    const expect = (what: string, answer: HttpAnswer, good: boolean) => {
      if (!good)
        load.wrong.push(`${username} ${what}: ${answer.status} ${answer.location ?? ''} while ${known} in round ${round}`)
      return good
    }

    while (!ending) {
      round += 1
      try {
        const page = await ask('opens the login page', () => browser.get('/login'))
        if (known === 'out') expect('opens the login page', page, page.status === 200)
        if (page.status === 200) {
          if (known === 'in') expect('is logged in and opens the login page', page, false)
          known = 'unknown'
          const trying = passwords[0]!
          const login = await ask('logs in', () => browser.post('/login', { username, password: trying }))
          if (login.status === 401 && passwords.length > 1) {
            // The change of the password was not answered: it may have been done or not.
            passwords = passwords.slice(1)
            continue
          }
          if (!expect('logs in', login, login.location === '/home')) {
            await wait(1000)
            continue
          }
          passwords = [trying]
          person.password = trying
          told.logins += 1
        }
        known = 'in'
        const home = await ask('is at home', () => browser.get('/home'))
        if (!expect('is at home', home, home.status === 200 && home.body.includes(`>${username}<`))) known = 'unknown'

        if (round % 6 === place % 6 && passwords.length === 1) {
          const next = `walnut drifts over ${randomInt(1e9)} copper rails`
          await ask('opens Change Password', () => browser.get('/change-password'))
          passwords = [passwords[0]!, next]
          known = 'unknown'
          const changed = await ask('changes the password', () =>
            browser.post('/change-password', { currentPassword: passwords[0]!, newPassword: next, newPasswordAgain: next }),
          )
          if (!expect('changes the password', changed, changed.status === 303 && changed.location !== '/login')) continue
          passwords = [next]
          person.password = next
          told.changes += 1
          known = 'in'
          await ask('is at home', () => browser.get('/home'))
        }

        const token = browser.cookies.get(sessionCookie)!
        known = 'unknown'
        const out = await ask('logs out', () => browser.post('/log-out'))
        expect('logs out', out, out.status === 303 && out.location!.startsWith('/login'))
        told.endedTokens.push(token)
        known = 'out'
        const gone = await ask('is out', () => browser.get('/home'))
        expect('is out', gone, gone.status === 303 && gone.location!.startsWith('/login'))
      } catch (error) {
        if (!(error instanceof Busy)) throw error
        await wait(patience)
      }
    }
  }

  return Object.assign(load, {
    async end() {
      ending = true
      await Promise.all(working)
    },
    async compare(owner: pg.Pool) {
      const total = { logins: 0, logOuts: 0, changes: 0 }
      for (const [username, { logins, changes, endedTokens }] of ledger) {
        const hashes = endedTokens.map((token) => createHash('sha256').update(token).digest())
        const { rows } = await owner.query<{ logins: number; changes: number; ended: number }>(
          `select count(*) filter (where event = 'login' and at > $3)::int as logins,
             count(*) filter (where event = 'password_changed' and at > $3)::int as changes,
             (select count(*)::int from session where token_hash = any ($2) and ended_at is not null) as ended
           from audit_event where account_id = (select id from account where username = $1)`,
          [username, hashes, since],
        )
        const kept = rows[0]!
        if (kept.logins < logins || kept.changes < changes || kept.ended !== hashes.length)
          load.wrong.push(
            `${username} was told ${logins} logins, ${hashes.length} log-outs, ${changes} changes; kept are ${JSON.stringify(kept)}`,
          )
        total.logins += logins
        total.logOuts += hashes.length
        total.changes += changes
      }
      return total
    },
  })
}
