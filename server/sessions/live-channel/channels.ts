import { randomUUID } from 'node:crypto'
import { reachesTeam } from '../../directory/accounts/accounts.ts'
import { gather } from '../../platform/gather.ts'
import { type Notice, sendNotice } from '../../platform/notices.ts'
import { unavailable } from '../../platform/problem.ts'
import { loseChannels, type OpenedChannel, openChannelsAtOnce, renewChannels, runsOut, type SessionClock } from '../sessions.ts'
import { atMostEvery } from './at-most-every.ts'
import type { Channel, ChannelsNeeds, NewChannel } from './channel.ts'
import { openEndings } from './endings.ts'
import type { EventSink } from './event-sink.ts'

export type Channels = Readonly<{
  /** How many are open on this node. */
  readonly count: number
  /**
   * Opens the channel of a session in the place of any other. Returns what to call when the browser has closed it.
   * @throws database_unavailable, also when this node is about to stop
   */
  open(channel: NewChannel, sink: EventSink): Promise<() => void>
  /** Tells all nodes that somebody has logged in; at most once a second for an instance. */
  sessionStarted(instance: { id: string }): void
  /** Begins to renew leases and to hear notices. */
  start(): void
  /** Asks every browser to go to another node. Their sessions go on. */
  drain(): void
  close(): Promise<void>
}>

/**
 * In milliseconds. `confirm`: after which part of the lease the browser has to show that it is there, and `comeBack`: how long it has for
 * that. `together`: how many leases a statement renews. `gather`: how long channels that are opened or lost wait for others, to share a
 * statement with them.
 */
const usualPace = { renew: 30_000, beat: 15_000, hint: 1000, confirm: 0.75, comeBack: 5000, together: 1000, gather: 20 }

/** The live channels of a node. Node and browser may be cut off from each other at any moment: the rows of the sessions know what holds. */
export function openChannels(
  { database, rules, texts, notices, onError }: ChannelsNeeds,
  pace: Readonly<typeof usualPace> = usualPace,
): Channels {
  const open = new Map<string, Channel>()
  const unconfirmed = new Set<Channel>()
  const timers: NodeJS.Timeout[] = []
  const openInDatabase = gather(pace.gather, async (instance, opened: readonly OpenedChannel[]) => {
    // Of two of one session, the one that came last holds; the other has been replaced on this node already.
    const last = [...new Map(opened.map((each) => [each.sessionId, each])).values()]
    const clocks = new Map(
      (await openChannelsAtOnce(database, instance, last)).map((clock, place) => [last[place]!.sessionId, clock]),
    )
    return opened.map(({ sessionId }) => clocks.get(sessionId))
  })
  // When a floor goes home.
  const loseInDatabase = gather(pace.gather, async (instance, lost: readonly (OpenedChannel & { seconds: number })[]) => {
    await loseChannels(database, instance, lost)
    return lost.map(() => undefined)
  })
  const endings = openEndings({ database, rules, texts, onError }, (channel, end) => {
    channel.sink.send('ended', end)
    channel.sink.end()
  })
  const shownSessions = atMostEvery(pace.hint, (instance) =>
    tellChanged('sessions', (each) => each.instance.id === instance && each.permissions.includes('sessions.view')),
  )
  const startedSessions = atMostEvery(pace.hint, (instance) => {
    sendNotice(database, { about: 'sessions', instance }).catch((error) => onError(error, 'a login could not be told'))
  })
  let unsubscribe = () => {}
  let draining = false
  let stopped = false
  let renewal: Promise<void> | undefined

  function hear(notice: Notice): void {
    if (notice.about === 'everything') {
      // Whatever was missed: what is true is asked for, and every screen asks too.
      void look([...open.values()])
      tellChanged('requests', ({ permissions }) => permissions.includes('requests.answer'))
      tellChanged('sessions', ({ permissions }) => permissions.includes('sessions.view'))
    } else if (notice.about === 'requests') {
      const { instance, team } = notice
      const isFor = (each: Channel) => each.permissions.includes('requests.answer') && reachesTeam(each, team)
      tellChanged('requests', (each) => each.instance.id === instance && isFor(each))
    } else if (notice.about === 'renewed') {
      const renewed = open.get(notice.session)
      if (renewed !== undefined) void look([renewed])
    } else if (notice.about === 'ended' || notice.about === 'sessions') {
      const ended = notice.about === 'ended' ? open.get(notice.session) : undefined
      if (ended !== undefined) end(ended)
      shownSessions.ask(notice.instance)
    }
  }

  function tellChanged(subject: 'requests' | 'sessions', isFor: (channel: Channel) => boolean): void {
    for (const channel of open.values()) if (isFor(channel)) tell(channel, 'changed', { subjects: [subject] })
  }

  function tell(channel: Channel, event: string, data: unknown): void {
    if (channel.sink.send(event, data)) return
    // It has gone silent. Its lease runs from when it was last there.
    void lose(channel, 'silent')
    channel.sink.destroy()
  }

  /** Renews the leases, and finds out what no notice has said: all that was ended, replaced, or runs out. */
  async function look(all: readonly Channel[]): Promise<void> {
    const channels = all.filter(({ standing }) => standing === 'open')
    for (const channel of all) if (channel.standing === 'opening') channel.standing = 'asked meanwhile'
    if (channels.length === 0) return
    // So many that each statement is short.
    for (let from = 0; from < channels.length && !stopped; from += pace.together)
      await lookTogether(channels.slice(from, from + pace.together))
  }

  async function lookTogether(channels: readonly Channel[]): Promise<void> {
    try {
      const asked = channels.map(({ id, instance, sessionId }) => ({ channelId: id, sessionId, instanceId: instance.id }))
      const standings = await renewChannels(database, asked)
      for (const [place, channel] of channels.entries()) {
        const found = standings[place]!
        if (channel.closed) continue
        if (found.standing === 'lives') await follow(channel, found)
        else if (found.standing === 'ended') end(channel)
        else replace(channel)
      }
    } catch (error) {
      // The next renewal asks for all of them again.
      onError(error, 'the leases of the live channels could not be renewed; it is tried again')
    }
  }

  /** Warns of what is about to run out, ends what has, and knows when to look again. */
  async function follow(channel: Channel, clock: SessionClock): Promise<void> {
    const { seconds, warning, lookIn } = runsOut(clock, await rules.of(channel.instance))
    if (channel.closed) return
    if (seconds <= 0) return end(channel)
    if (warning !== undefined) tell(channel, 'warning', warning)
    else if (channel.isWarned) tell(channel, 'fine', {})
    channel.isWarned = warning !== undefined
    // A little later, so that the database's clock has passed the moment too.
    schedule(channel, lookIn * 1000 + 50)
  }

  function schedule(channel: Channel, milliseconds: number): void {
    clearTimeout(channel.timer)
    if (channel.closed) return
    const left = Math.max(0, channel.confirmBy - performance.now())
    channel.timer =
      left <= milliseconds ? setTimeout(confirm, left, channel) : setTimeout(() => void look([channel]), milliseconds)
  }

  /** Ends the stream so that the browser opens a new one. If it does not, it has not been there for some time. */
  function confirm(channel: Channel): void {
    if (!take(channel)) return
    channel.sink.send('again', { within: 500 })
    channel.sink.end()
    // Most come back at once, and then there is nothing to write. One that comes back elsewhere is not touched by this loss.
    channel.timer = setTimeout(() => {
      unconfirmed.delete(channel)
      if (!open.has(channel.sessionId)) void keepLoss(channel, 'silent')
    }, pace.comeBack)
    unconfirmed.add(channel)
  }

  /** Takes a channel out; false when it is out already. */
  function take(channel: Channel): boolean {
    if (channel.closed) return false
    channel.closed = true
    clearTimeout(channel.timer)
    if (open.get(channel.sessionId) === channel) open.delete(channel.sessionId)
    return true
  }

  function end(channel: Channel): void {
    if (take(channel)) endings.add(channel)
  }

  function replace(channel: Channel): void {
    if (!take(channel)) return
    channel.sink.send('replaced', {})
    channel.sink.end()
  }

  /** `closed`: the browser said goodbye. `silent`: nobody knows since when it is gone, so the lease runs from when it was last there. */
  async function lose(channel: Channel, how: 'closed' | 'silent'): Promise<void> {
    if (take(channel)) await keepLoss(channel, how)
  }

  async function keepLoss({ instance, sessionId, id, openedAt }: Channel, how: 'closed' | 'silent'): Promise<void> {
    try {
      const { graceSeconds, leaseSeconds } = await rules.of(instance)
      const left = Math.max(1, leaseSeconds - (performance.now() - openedAt) / 1000)
      await loseInDatabase(instance, {
        sessionId,
        channelId: id,
        seconds: how === 'closed' ? Math.min(graceSeconds, leaseSeconds) : left,
      })
    } catch (error) {
      onError(error, 'the loss of a live channel could not be kept; its lease runs on')
    }
  }

  return {
    get count() {
      return open.size
    },
    async open(wanted, sink) {
      if (draining) throw unavailable(new Error('this node is shutting down'))
      const { leaseSeconds } = await rules.of(wanted.instance)
      const openedAt = performance.now()
      // Not all at the same moment, although they may have come at the same one.
      const confirmBy = openedAt + leaseSeconds * 1000 * pace.confirm * (0.9 + 0.1 * Math.random())
      const channel: Channel = {
        ...wanted,
        id: randomUUID(),
        sink,
        openedAt,
        confirmBy,
        closed: false,
        isWarned: false,
        standing: 'opening',
        timer: undefined,
      }
      // It hears before it asks, so that nothing falls in between.
      const before = open.get(wanted.sessionId)
      if (before !== undefined) replace(before)
      open.set(wanted.sessionId, channel)
      try {
        const clock = await openInDatabase(wanted.instance, { sessionId: wanted.sessionId, channelId: channel.id })
        if (clock === undefined) end(channel)
        else if (!channel.closed) {
          const isStale = channel.standing === 'asked meanwhile'
          channel.standing = 'open'
          const { warning } = runsOut(clock, await rules.of(wanted.instance))
          tell(channel, 'hello', { warning: warning ?? null })
          channel.isWarned = warning !== undefined
          await (isStale ? look([channel]) : follow(channel, clock))
        }
      } catch (error) {
        take(channel)
        throw error
      }
      return () => void lose(channel, 'closed')
    },
    sessionStarted: ({ id }) => startedSessions.ask(id),
    start() {
      unsubscribe = notices.subscribe(hear)
      timers.push(
        setInterval(() => {
          renewal ??= look([...open.values()]).finally(() => {
            renewal = undefined
          })
        }, pace.renew),
        setInterval(() => {
          for (const channel of open.values()) tell(channel, 'beat', {})
        }, pace.beat),
      )
    },
    drain() {
      draining = true
      for (const channel of [...open.values()]) {
        take(channel)
        // Spread, so that the nodes that stay are not asked by all at once.
        channel.sink.send('again', { within: 3000 })
        channel.sink.end()
      }
    },
    async close() {
      stopped = true
      unsubscribe()
      // Their leases run on.
      for (const { timer } of unconfirmed) clearTimeout(timer)
      for (const timer of timers) clearInterval(timer)
      shownSessions.close()
      startedSessions.close()
      await renewal
    },
  }
}
