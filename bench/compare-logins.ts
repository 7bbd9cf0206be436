// Logins a second: raw hashing, Gatehouse and Better Auth, by turns: a machine that others use as well is not as fast all the time.
import pg from 'pg'
import type { DatabaseAddress } from '../server/platform/database.ts'
import { signUpPeople, startBetterAuth } from './better-auth.ts'
import { type Load, type LoadOptions, type Samples, summary } from './client.ts'
import { addAccounts, type Gatehouse } from './gatehouse.ts'
import { measureLogins, measureShiftStart } from './logins.ts'
import { visitors } from './person.ts'
import { measureRaw } from './raw.ts'
import type { Row } from './report.ts'

export type CompareNeeds = { address: DatabaseAddress; start: () => Promise<Gatehouse>; progress: (message: string) => void }

export type CompareOptions = LoadOptions & {
  /** How often everything takes its turn; the seconds are shared out among the turns. */
  rounds: number
}

export async function compareLogins(
  { address, start, progress }: CompareNeeds,
  options: CompareOptions & { accounts: number; betterAuthAccounts: number },
): Promise<Row[]> {
  const gatehouse = await start()
  const people = await visitors(gatehouse, await addAccounts(address, options.accounts, 'ready'))
  const betterAuth = await startBetterAuth(address)
  const theirPeople = await signUpPeople(betterAuth, options.betterAuthAccounts)
  const [raw, shifts, ours, theirs]: [Samples[], Samples[], Samples[], Samples[]] = [[], [], [], []]

  for (let round = 1; round <= options.rounds; round += 1) {
    progress(`round ${round} of ${options.rounds}: raw hashing, logins at Gatehouse, logins at Better Auth`)
    // A server that has just started is not yet as fast as it gets.
    const turn = {
      ...options,
      seconds: options.seconds / options.rounds,
      warmUpSeconds: round === 1 ? options.warmUpSeconds : 0.3,
    }
    raw.push(await measureRaw(turn.seconds / 2))
    ours.push(await measureLogins(gatehouse.port, people, turn))
    shifts.push(await measureShiftStart(gatehouse.port, people, options.workers))
    await endAllSessions(address)
    raw.push(await measureRaw(turn.seconds / 2))
    theirs.push(await measureLogins(betterAuth.port, theirPeople, turn))
  }
  await gatehouse.stop()
  await betterAuth.stop()

  const [ceiling, shift, logins, theirLogins] = [summary(...raw), summary(...shifts), summary(...ours), summary(...theirs)]
  const ratio = ({ perSecond }: Load) =>
    `${(perSecond / ceiling.perSecond).toFixed(2)} of raw, ${(perSecond / theirLogins.perSecond).toFixed(1)} × Better Auth`
  return [
    { what: 'raw Argon2id', load: ceiling },
    { what: 'logins of a shift that starts', load: shift, ratio: ratio(shift) },
    { what: 'logins, each with a session check and its log-out', load: logins, ratio: ratio(logins) },
    { what: 'Better Auth: logins, each with its log-out', load: theirLogins },
  ]
}

/** Between two shifts, and not measured. */
async function endAllSessions(address: DatabaseAddress): Promise<void> {
  const client = new pg.Client(address)
  await client.connect()
  await client.query("update session set ended_at = now(), end_reason = 'logged_out' where ended_at is null")
  await client.end()
}
