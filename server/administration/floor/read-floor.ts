// The floor at a glance: who is in by team, how the shift started, and who was kept out.
import { type RefusalCause, refusalCauses } from '../../../contracts/account-groups.ts'
import { actingAccount } from '../../directory/accounts/accounts.ts'
import type { Database } from '../../platform/database.ts'
import { findRules } from '../../rules/rules.ts'
import { countLogins, countRefusals, listTeamsOnFloor, type TeamOnFloor } from './store.ts'

/** The busiest hour of today, minute by minute, and the same minutes a week ago. What is still to come is not there. */
export type ShiftStart = { from: Date; logins: number[]; weekAgo: number[] }

export type Floor = {
  teams: TeamOnFloor[]
  refusals: { cause: RefusalCause; times: number }[]
  /** Undefined as long as nobody has logged in today. */
  shiftStart: ShiftStart | undefined
}

/**
 * The floor within reach, at one moment.
 * @throws not_permitted
 */
export async function readFloor(database: Database, instance: { id: string }, actorId: string): Promise<Floor> {
  return database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, actorId, 'accounts.view', 'sessions.view')
    const times = new Map((await countRefusals(tx, acting)).map((each) => [each.cause, each.times]))
    return {
      teams: await listTeamsOnFloor(tx, acting, await findRules(tx)),
      refusals: refusalCauses.filter((cause) => times.has(cause)).map((cause) => ({ cause, times: times.get(cause)! })),
      shiftStart: startOfShift(await countLogins(tx, acting)),
    }
  })
}

/** In minutes: the window that is shown, and where it may begin. */
const shown = 60
const step = 15

/** The hour in which most logged in today, the earliest of several; undefined when nobody has. */
export function startOfShift({ since, minuteNow, minutes }: Awaited<ReturnType<typeof countLogins>>): ShiftStart | undefined {
  const ofDay = (daysAgo: number) =>
    new Map(minutes.filter((each) => each.daysAgo === daysAgo).map(({ minute, logins }) => [minute, logins]))
  const [today, weekAgo] = [ofDay(0), ofDay(7)]
  if (today.size === 0) return undefined
  const hour = (from: number, of: Map<number, number>) => Array.from({ length: shown }, (_, i) => of.get(from + i) ?? 0)
  const total = (from: number) => hour(from, today).reduce((sum, each) => sum + each, 0)
  let best = 0
  for (let from = step; from <= minuteNow; from += step) if (total(from) > total(best)) best = from
  const until = Math.min(shown, minuteNow - best + 1)
  return {
    from: new Date(since.getTime() + best * 60_000),
    logins: hour(best, today).slice(0, until),
    weekAgo: hour(best, weekAgo),
  }
}
