import { type EndNotice, endNotice, findEnds } from '../sessions.ts'
import type { Channel, ChannelsNeeds } from './channel.ts'

/** Finds out how the sessions of channels ended, those of the same moment together, and passes it on. */
export function openEndings(
  { database, rules, texts, onError }: Omit<ChannelsNeeds, 'notices'>,
  tell: (channel: Channel, end: EndNotice) => void,
) {
  const waiting = new Map<string, Channel[]>()

  async function tellAll(instance: { id: string }): Promise<void> {
    const channels = waiting.get(instance.id) ?? []
    waiting.delete(instance.id)
    const ends = await findAll(instance, channels)
    for (const channel of channels) {
      const end = ends?.found.get(channel.sessionId)
      // One that was removed with its account, or a database that is away: that it has ended is all that is known.
      if (ends === undefined || end === undefined) tell(channel, { reason: 'ended', text: '' })
      else tell(channel, endNotice(texts, channel.view, end, ends.limits, channel.visitToken))
    }
  }

  async function findAll(instance: { id: string }, channels: readonly Channel[]) {
    try {
      const limits = await rules.of(instance)
      const ids = channels.map(({ sessionId }) => sessionId)
      const ends = await database.in(instance, (tx) => findEnds(tx, ids, limits))
      return { limits, found: new Map(ends.map((end) => [end.id, end])) }
    } catch (error) {
      onError(error, 'how sessions ended could not be found out')
      return undefined
    }
  }

  return {
    add(channel: Channel): void {
      const line = waiting.get(channel.instance.id)
      if (line !== undefined) return void line.push(channel)
      waiting.set(channel.instance.id, [channel])
      setImmediate(() => void tellAll(channel.instance))
    },
  }
}
