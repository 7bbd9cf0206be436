// What there is to see of modules: how they do, who could use them, and what they were refused.
import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'

export type Named = { id: string; name: string }

/** Everybody that a module can be given to. */
export async function listChoices(tx: Transaction): Promise<{ profiles: Named[]; teams: Named[] }> {
  const profiles = await tx.selectFrom('profile').select(['id', 'name']).orderBy('builtIn', 'desc').orderBy('name').execute()
  const teams = await tx.selectFrom('team').select(['id', 'name']).orderBy('name').execute()
  return { profiles, teams }
}

/** How a module does: when a session was last used there, and of the last day how many ends it still has to hear of, or would not hear of. */
export type Standing = { id: string; lastUsedAt: Date | null; delivered: number; waiting: number; failed: number }

export async function listStandings(tx: Transaction): Promise<Map<string, Standing>> {
  const { rows } = await sql<Standing>`
    select m.id, (select max(s.last_at) from module_session s where s.module_id = m.id) as last_used_at,
      coalesce(d.delivered, 0)::int as delivered, coalesce(d.waiting, 0)::int as waiting, coalesce(d.failed, 0)::int as failed
    from module m left join lateral (
      select count(*) filter (where state = 'delivered') as delivered, count(*) filter (where state = 'waiting') as waiting,
        count(*) filter (where state in ('refused', 'given_up')) as failed
      from logout_delivery where module_id = m.id and ended_at > now() - interval '1 day') d on true`.execute(tx)
  return new Map(rows.map((row) => [row.id, row]))
}

/** What a module asked for and was refused, as often as it was the same. */
export type Refusal = { error: string; offered: string | null; times: number; firstAt: Date; lastAt: Date }

/** So many of the last refusals of all modules are looked through. */
const mostLookedThrough = 10_000
const mostListed = 50

/** What a module was refused, the latest first. */
export async function listRefusals(tx: Transaction, moduleId: string): Promise<Refusal[]> {
  const { rows } = await sql<Refusal>`
    with latest as materialized (
      select at, detail from audit_event where event = 'module_refused' order by at desc, id desc limit ${sql.lit(mostLookedThrough)})
    select detail ->> 'error' as error, detail ->> 'offered' as offered, count(*)::int as times, min(at) as first_at, max(at) as last_at
    from latest where detail ->> 'moduleId' = ${moduleId}
    group by 1, 2 order by max(at) desc limit ${sql.lit(mostListed)}`.execute(tx)
  return rows
}

/** What decides whether a person may use a module, each by itself. `may` is what they come to. */
export type Access = {
  id: string
  name: string
  moduleEnabled: boolean
  accountEnabled: boolean
  /** The profile and the team by which the module is theirs; null where it is not. */
  profile: string | null
  team: string | null
  may: boolean
}

/** How a person stands with every module that people use, or with one. */
export async function listAccess(tx: Transaction, accountId: string, moduleId?: string): Promise<Access[]> {
  const { rows } = await sql<Access>`
    select m.id, m.name, m.enabled as module_enabled, a.enabled as account_enabled, p.name as profile, t.name as team, may_use_module(m, a) as may
    from module m join account a on a.id = ${accountId}
    left join module_profile mp on mp.module_id = m.id and mp.profile_id = a.profile_id left join profile p on p.id = mp.profile_id
    left join module_team mt on mt.module_id = m.id and mt.team_id = a.team_id left join team t on t.id = mt.team_id
    where m.kind <> 'machine' and (${moduleId ?? null}::uuid is null or m.id = ${moduleId ?? null}::uuid) order by lower(m.name)`.execute(
    tx,
  )
  return rows
}
