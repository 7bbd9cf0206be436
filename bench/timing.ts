// Whether the time or the bytes of an answer tell what nobody may learn: why a login was refused, and whom "Forgot your password?" knows.
import { randomInt } from 'node:crypto'
import type { DatabaseAddress } from '../server/platform/database.ts'
import { percentiles, timed } from './client.ts'
import { type Answer, Connection } from './connection.ts'
import { type AccountKind, addAccounts, type Gatehouse, newUsername, password } from './gatehouse.ts'
import { mannWhitneyP } from './mann-whitney.ts'
import { Person } from './person.ts'

export type Timing = {
  what: string
  /** The same kind twice is among them: what differs between those two is chance. */
  classes: { name: string; median: number; gapPercent: number; p: number }[]
  samples: number
  sameAnswers: boolean
  /** What the answers were, when they were not the same. */
  differences: string[]
}

type Class = { name: string; usernames: string[]; password: string }

/** Fewer than the wrong passwords in a row after which an account must wait. */
const triesPerAccount = 4

/** Times wrong logins. */
export async function timeLogins(gatehouse: Gatehouse, address: DatabaseAddress, samples: number): Promise<Timing> {
  const count = Math.ceil(samples / triesPerAccount)
  const wrong = 'walnut drifts over copper roofs'
  const some = (kind: AccountKind) => addAccounts(address, count, kind)
  const classes: Class[] = [
    { name: 'wrong password', usernames: await some('ready'), password: wrong },
    { name: 'wrong password, again', usernames: await some('ready'), password: wrong },
    { name: 'unknown username', usernames: Array.from({ length: count }, newUsername), password: wrong },
    { name: 'disabled, right password', usernames: await some('disabled'), password },
    { name: 'account without password', usernames: await some('without password'), password: wrong },
    { name: 'empty password', usernames: await some('ready'), password: '' },
    { name: 'password of 2000', usernames: await some('ready'), password: 'w'.repeat(2000) },
  ]
  return timeInterleaved(gatehouse, 'wrong login', classes, samples, (visitor, { password }, username, headers) =>
    visitor.loginRequest(password, username, headers),
  )
}

/** Times "Forgot your password?". The node decides meanwhile what becomes of each, and sends the messages. */
export async function timeRecovery(gatehouse: Gatehouse, address: DatabaseAddress, samples: number): Promise<Timing> {
  const count = Math.ceil(samples / triesPerAccount)
  const some = (kind: AccountKind) => addAccounts(address, count, kind)
  const classes = [
    { name: 'with an address', usernames: await some('with email') },
    { name: 'with an address, again', usernames: await some('with email') },
    { name: 'without an address', usernames: await some('ready') },
    { name: 'unknown username', usernames: Array.from({ length: count }, newUsername) },
    { name: 'disabled', usernames: await some('disabled') },
    { name: 'without password', usernames: await some('without password') },
  ]
  return timeInterleaved(gatehouse, 'forgotten password', classes, samples, (visitor, _class, username, headers) =>
    visitor.forgotRequest(username, headers),
  )
}

/** Times requests one at a time, every class once in a round, in an order that chance decides. */
async function timeInterleaved<Kind extends { name: string; usernames: string[] }>(
  gatehouse: Gatehouse,
  what: string,
  classes: readonly Kind[],
  samples: number,
  requestOf: (visitor: Person, kind: Kind, username: string, headers: Record<string, string>) => string,
): Promise<Timing> {
  const taken = new Map(classes.map(({ name }) => [name, [] as number[]]))
  const answers = new Map<string, Set<string>>()
  const connection = new Connection(gatehouse.port)
  const visitor = new Person(gatehouse.host, '')
  await visitor.openLoginPage(connection)

  const warmUpRounds = 10
  for (let round = -warmUpRounds; round < samples; round += 1)
    for (const kind of shuffled(classes)) {
      const username = round < 0 ? newUsername() : kind.usernames[round % kind.usernames.length]!
      // Another address each round, so that none comes near the limit that an address has.
      const from = `10.${(round + warmUpRounds) >> 8}.${(round + warmUpRounds) & 255}.1`
      const request = requestOf(visitor, kind, username, { 'x-forwarded-for': from })
      const { milliseconds, result } = await timed(() => connection.send(request))
      if (round < 0) continue
      taken.get(kind.name)!.push(milliseconds)
      const text = comparable(result, username)
      answers.set(text, (answers.get(text) ?? new Set()).add(kind.name))
    }
  connection.close()

  const times = [...taken.values()]
  const first = times[0]!
  return {
    what,
    classes: classes.map(({ name }, at) => ({
      name,
      median: percentiles(times[at]!).p50,
      gapPercent: (medianGap(times[at]!, first) / percentiles(first).p50) * 100,
      p: mannWhitneyP(times[at]!, first),
    })),
    samples,
    sameAnswers: answers.size === 1,
    differences: answers.size === 1 ? [] : [...answers].map(([text, names]) => `${[...names].join(', ')}: ${text.slice(0, 300)}`),
  }
}

/** The middle one of the differences within each round, so that a machine that slows down for a while counts for all classes alike. */
function medianGap(one: readonly number[], other: readonly number[]): number {
  return percentiles(one.map((value, round) => value - other[round]!)).p50
}

/** The whole answer without the time of day and without what was typed or is new in every page. */
function comparable({ head, body }: Answer, username: string): string {
  const page = body.replaceAll(username, 'USERNAME').replace(/(name="formToken" value=")[^"]+/, '$1TOKEN')
  return `${head.replace(/^date: .*$/im, 'date')}\n\n${page}`
}

function shuffled<T>(values: readonly T[]): T[] {
  const left = [...values]
  return values.map(() => left.splice(randomInt(left.length), 1)[0]!)
}
