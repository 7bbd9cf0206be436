// Whether the time or the bytes of a refused login tell why it was refused.
import { randomInt } from 'node:crypto'
import type { DatabaseAddress } from '../server/platform/database.ts'
import { percentiles, timed } from './client.ts'
import { type Answer, Connection } from './connection.ts'
import { addAccounts, type Gatehouse, newUsername, password } from './gatehouse.ts'
import { mannWhitneyP } from './mann-whitney.ts'
import { Person } from './person.ts'

export type Timing = {
  /** The same kind of wrong login twice is among them: what differs between those two is chance. */
  classes: { name: string; median: number; gapPercent: number; p: number }[]
  samples: number
  sameAnswers: boolean
  /** What the answers were, when they were not the same. */
  differences: string[]
}

type Class = { name: string; usernames: string[]; password: string }

/** Fewer than the wrong passwords in a row after which an account must wait. */
const triesPerAccount = 4
const reference = 'wrong password'

/** Times wrong logins one at a time, every class once in a round, in an order that chance decides. */
export async function measureTiming(gatehouse: Gatehouse, address: DatabaseAddress, samples: number): Promise<Timing> {
  const count = Math.ceil(samples / triesPerAccount)
  const wrong = 'walnut drifts over copper roofs'
  const classes: Class[] = [
    { name: reference, usernames: await addAccounts(address, count, 'ready'), password: wrong },
    { name: `${reference}, again`, usernames: await addAccounts(address, count, 'ready'), password: wrong },
    { name: 'unknown username', usernames: Array.from({ length: count }, newUsername), password: wrong },
    { name: 'disabled, right password', usernames: await addAccounts(address, count, 'disabled'), password },
    { name: 'account without password', usernames: await addAccounts(address, count, 'without password'), password: wrong },
    { name: 'empty password', usernames: await addAccounts(address, count, 'ready'), password: '' },
    { name: 'password of 2000', usernames: await addAccounts(address, count, 'ready'), password: 'w'.repeat(2000) },
  ]
  const taken = new Map(classes.map(({ name }) => [name, [] as number[]]))
  const answers = new Map<string, Set<string>>()
  const connection = new Connection(gatehouse.port)
  const visitor = new Person(gatehouse.host, '')
  await visitor.openLoginPage(connection)

  const warmUpRounds = 10
  for (let round = -warmUpRounds; round < samples; round += 1)
    for (const { name, usernames, password } of shuffled(classes)) {
      const username = round < 0 ? newUsername() : usernames[round % usernames.length]!
      // Another address each round, so that none comes near the limit of wrong passwords that an address has.
      const from = `10.${(round + warmUpRounds) >> 8}.${(round + warmUpRounds) & 255}.1`
      const request = visitor.loginRequest(password, username, { 'x-forwarded-for': from })
      const { milliseconds, result } = await timed(() => connection.send(request))
      if (round < 0) continue
      taken.get(name)!.push(milliseconds)
      const text = comparable(result, username)
      answers.set(text, (answers.get(text) ?? new Set()).add(name))
    }
  connection.close()

  const medianOf = (name: string) => percentiles(taken.get(name)!).p50
  return {
    classes: classes.map(({ name }) => ({
      name,
      median: medianOf(name),
      gapPercent: (medianGap(taken.get(name)!, taken.get(reference)!) / medianOf(reference)) * 100,
      p: mannWhitneyP(taken.get(name)!, taken.get(reference)!),
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
