// What live channels cost those who log in meanwhile, and how soon a page hears that its session was moved.
import { type Load, type LoadOptions, pause, percentiles, summary, timed } from './client.ts'
import type { CompareNeeds } from './compare-logins.ts'
import { Connection } from './connection.ts'
import { addAccounts, allowTakeover, type Gatehouse } from './gatehouse.ts'
import { expectOpenFiles, holdChannels, holdChannelsElsewhere } from './live-client.ts'
import { addLiveSessions, removeLiveSessions } from './live-sessions.ts'
import { measureLogins } from './logins.ts'
import { loggedIn, visitors } from './person.ts'
import type { Row } from './report.ts'

/**
 * Logins with and without so many live channels, each on a socket of its own, at the same node.
 * @param settle seconds for the channels to come in and to be opened anew by turns, as they are on a floor
 * @throws Error when so many files may not be open
 */
export async function measureLoginsBesideChannels(
  { address, start, progress }: CompareNeeds,
  count: number,
  { settle, ...options }: LoadOptions & { accounts: number; settle: number },
): Promise<Row[]> {
  expectOpenFiles(count)
  const { port, host, stop } = await start()
  const people = await visitors({ port, host }, await addAccounts(address, options.accounts, 'ready'))
  const half = { ...options, seconds: options.seconds / 2 }
  const before = await measureLogins(port, people, half)
  progress(`logins beside ${count} live channels`)
  const live = await addLiveSessions(address, count)
  const channels = await holdChannelsElsewhere(port, host, live.tokens, settle / 2)
  await pause(settle * 500)
  const begun = await channels.standing()
  const during = summary(await measureLogins(port, people, { ...options, warmUpSeconds: 0 }))
  const ended = await channels.standing()
  await channels.stop()
  await removeLiveSessions(address, live)
  // Both sides of it, because a machine that others use as well is not as fast all the time.
  const alone = summary(before, await measureLogins(port, people, half))
  await stop()
  const anew = Math.round((ended.anew - begun.anew) / during.seconds)
  return [
    { what: 'logins, and no live channel', load: alone },
    {
      what: `logins beside ${count} live channels of the same node`,
      load: { ...during, errors: { ...during.errors, ...ended.errors } },
      ratio: `${(during.perSecond / alone.perSecond).toFixed(2)} of those without; ${ended.open} open at the end, ${anew} a second opened anew`,
    },
  ]
}

/** The time from the button that moves a session to the event in the page that had it, on the same node and between two. */
export async function measureTakeovers({ address, start, progress }: CompareNeeds, count: number): Promise<Row[]> {
  await allowTakeover(address)
  const nodes = [await start(), await start()] as const
  progress(`${count} sessions that are moved, and their notices`)
  const rows: Row[] = []
  for (const [what, other] of [
    ['notice of a move, at the same node', nodes[0]],
    ['notice of a move, at another node', nodes[1]],
  ] as const)
    rows.push({ what, load: await measureNotices(address, nodes[0], other, count) })
  for (const { stop } of nodes) await stop()
  return rows
}

async function measureNotices(address: CompareNeeds['address'], near: Gatehouse, far: Gatehouse, count: number): Promise<Load> {
  const usernames = await addAccounts(address, count, 'ready')
  const first = await loggedIn(near, usernames)
  const second = await visitors(far, usernames)
  const heard = new Map<string, () => void>()
  const channels = holdChannels(
    near.port,
    near.host,
    first.map(({ session }) => session!),
    { onEnded: (token) => heard.get(token)?.() },
  )
  await channels.allOpen()
  const took: number[] = []
  const begin = performance.now()
  for (const [at, person] of second.entries()) {
    const connection = new Connection(far.port)
    const button = await person.logInBesideOther(connection)
    const notice = new Promise<void>((resolve) => heard.set(first[at]!.session!, resolve))
    const { milliseconds } = await timed(async () => Promise.all([person.press(connection, button), notice]))
    took.push(milliseconds)
    connection.close()
  }
  channels.close()
  const seconds = (performance.now() - begin) / 1000
  return { perSecond: took.length / seconds, ...percentiles(took), count: took.length, seconds, errors: channels.errors }
}
