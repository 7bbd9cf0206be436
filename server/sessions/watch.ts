// The watch: ends sessions at the moment at which they run out. Every node keeps it, and whichever comes first ends a session.
// docs/decisions/0015-a-session-that-has-run-out-is-ended-at-once.md
import { listServedInstances } from '../instances/instances.ts'
import type { Database } from '../platform/database.ts'
import { sendNotice } from '../platform/notices.ts'
import type { RuleBook } from '../rules/rules.ts'
import { endRunOut, findLapsed, findRunningOut, keepWatch, type Lapsed, renewClosing } from './run-out-store.ts'

export type WatchNeeds = { database: Database; rules: RuleBook; onError: (error: unknown, message: string) => void }

export type Watch = Readonly<{
  start(): void
  close(): Promise<void>
}>

/**
 * In milliseconds. `look`: how often the few that may run out at any moment are looked for; `survey`: how often every live session is, for
 * all that run out before the next time. No sign of life, action or beginning makes one run out sooner than that: the least of these limits
 * is a minute. A rule that is changed counts here from the next survey on.
 */
const usualPace = { look: 1000, survey: 20_000 }
/** So many are ended in one transaction. */
const atOnce = 500

export function openWatch({ database, rules, onError }: WatchNeeds, pace: Readonly<typeof usualPace> = usualPace): Watch {
  /** What runs out before the next survey, and when, by this node's clock. */
  let comings: { instanceId: string; sessionId: string; at: number }[] = []
  let nextSurvey = 0
  let instances: readonly { id: string }[] = []
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  let closed = true

  async function look(): Promise<void> {
    await keepWatch(database)
    if (performance.now() >= nextSurvey) await survey()
    let lapsed = await findLapsed(database, instances)
    const changed = lapsed.filter(({ windowChanged }) => windowChanged)
    for (const [id, those] of Map.groupBy(changed, ({ instanceId }) => instanceId)) await renewAll({ id }, those)
    if (changed.length > 0) lapsed = await findLapsed(database, instances)
    const now = performance.now()
    const due = [...lapsed.filter(({ windowChanged }) => !windowChanged), ...comings.filter(({ at }) => at <= now)]
    comings = comings.filter(({ at }) => at > now)
    const byInstance = Map.groupBy(due, ({ instanceId }) => instanceId)
    for (const [id, those] of byInstance) await endAll({ id }, [...new Set(those.map(({ sessionId }) => sessionId))])
  }

  async function survey(): Promise<void> {
    const begun = performance.now()
    instances = await database.call(listServedInstances)
    const watched = await Promise.all(instances.map(async ({ id }) => ({ id, limits: await rules.of({ id }) })))
    const found = await findRunningOut(database, watched, (pace.survey + 2 * pace.look) / 1000)
    comings = found.map(({ inSeconds, ...each }) => ({ ...each, at: begun + inSeconds * 1000 }))
    nextSurvey = begun + pace.survey
  }

  async function renewAll(instance: { id: string }, those: readonly Lapsed[]): Promise<void> {
    const ids = those.map(({ sessionId }) => sessionId)
    for (let from = 0; from < ids.length && !closed; from += atOnce)
      await database.in(instance, (tx) => renewClosing(tx, ids.slice(from, from + atOnce)))
  }

  async function endAll(instance: { id: string }, sessionIds: readonly string[]): Promise<void> {
    const limits = await rules.of(instance)
    let ended = 0
    for (let from = 0; from < sessionIds.length && !closed; from += atOnce)
      ended += await database.in(instance, (tx) => endRunOut(tx, sessionIds.slice(from, from + atOnce), limits))
    // Screens that show who is logged in look again.
    if (ended > 0) await sendNotice(database, { about: 'sessions', instance: instance.id })
  }

  function again(after: number): void {
    timer = setTimeout(() => {
      const begun = performance.now()
      looking = look()
        .catch((error) => {
          nextSurvey = 0
          onError(error, 'sessions that have run out could not be ended; it is tried again')
        })
        .finally(() => {
          if (!closed) again(Math.max(0, pace.look - (performance.now() - begun)))
        })
    }, after).unref()
  }

  return {
    start() {
      closed = false
      again(0)
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await looking
    },
  }
}
