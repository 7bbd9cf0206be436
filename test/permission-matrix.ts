// Who acts on whom, for tests that go through every path that writes.
import type { TestContext } from 'node:test'
import { type Permission, permissions } from '../contracts/permissions.ts'
import type { Answer } from './browser.ts'
import { loggedIn } from './floor.ts'
import { startNodes } from './nodes.ts'
import type { Target, TargetAccount, TargetProfile, WritePath } from './write-paths.ts'

export const catalogue = Object.keys(permissions) as Permission[]
export const allBut = (...lacking: string[]) => catalogue.filter((permission) => !lacking.includes(permission))

/** An actor whose profile can be set to anything, who supervises one of two teams; and targets for them, as many as one likes. */
export async function startMatrix(t: TestContext) {
  const system = await startNodes(t)
  const actor = await system.addAccount({ username: 'actor' })
  let made = 0
  const insert = async <Row extends Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row> =>
    (await system.sql<Row>(text.replace('$main', `'${system.main.id}'`), values))[0]!
  const newProfile = (has: readonly string[]) =>
    insert<TargetProfile>(
      'insert into profile (instance_id, name, permissions) values ($main, $1, $2) returning id, version, name, permissions',
      [`profile ${++made}`, has],
    )
  const newTeam = async (supervisors: string[]) => {
    const team = await insert<{ id: string; version: number; name: string }>(
      'insert into team (instance_id, name) values ($main, $1) returning id, version, name',
      [`team ${++made}`],
    )
    for (const id of supervisors)
      await insert('insert into team_supervisor (instance_id, team_id, account_id) values ($main, $1, $2)', [team.id, id])
    return { ...team, supervisors }
  }
  const newAccount = (profileId: string, teamId: string) =>
    insert<TargetAccount>(
      `insert into account (instance_id, username, username_key, full_name, email, profile_id, team_id, valid_until) values ($main, $1, $1, $1, $1 || '@example.com', $2, $3, '2020-01-01')
       returning id, version, full_name as "fullName", profile_id as "profileId", team_id as "teamId"`,
      [`account-${++made}`, profileId, teamId],
    )

  const ownProfile = await newProfile(catalogue)
  const away = await newTeam([])
  const home = await newTeam([actor.id])
  await system.sql('update account set profile_id = $1, team_id = $2 where id = $3', [ownProfile.id, home.id, actor.id])
  const browser = await loggedIn(system, actor)

  return {
    system,
    browser,
    actor,
    actorHas: (has: readonly string[]) => system.sql('update profile set permissions = $1 where id = $2', [has, ownProfile.id]),
    /** Fresh targets. The account and the profile have these permissions; the account is in the actor's team unless it is away. */
    async target({ has = [], isAway = false }: { has?: Permission[]; isAway?: boolean } = {}): Promise<Target> {
      const [profile, ofAccount, plainProfile] = [await newProfile(has), await newProfile(has), await newProfile([])]
      const account = await newAccount(ofAccount.id, isAway ? away.id : home.id)
      const { id: message } = await insert<{ id: string }>(
        "insert into message (instance_id, account_id, kind, to_address, state, credential_version) values ($main, $1, 'initial_password', 'somebody@example.com', 'failed', 1) returning id",
        [account.id],
      )
      const session = await insert<{ id: string }>(
        "insert into session (instance_id, account_id, token_hash, address, device) values ($main, $1, sha256(gen_random_uuid()::text::bytea), '192.0.2.1', '') returning id",
        [account.id],
      )
      await insert(
        "insert into audit_event (instance_id, event, actor_kind, session_id) values ($main, 'login', 'account', $1)",
        [session.id],
      )
      // And a wait of one of its browsers.
      await insert(
        "insert into known_device (instance_id, device_hash, account_id, wait_until) values ($main, sha256(gen_random_uuid()::text::bytea), $1, now() + interval '1 day') returning device_hash",
        [account.id],
      )
      // And something to reset.
      await insert(
        "insert into factor (instance_id, account_id, kind, state, live_at) values ($main, $1, 'totp', 'live', now()) returning id",
        [account.id],
      )
      const [self] = await system.sql<TargetAccount>(
        'select id, version, full_name as "fullName", profile_id as "profileId", team_id as "teamId" from account where id = $1',
        [actor.id],
      )
      return {
        self: self!,
        ownProfile,
        account,
        profile,
        plainAccount: await newAccount(plainProfile.id, home.id),
        plainProfile,
        permission: has[0] ?? 'audit.view',
        message,
        team: await newTeam(isAway ? [] : [actor.id]),
        ownTeam: await newTeam([actor.id, account.id]),
      }
    },
    send({ route, url, body }: WritePath, target: Target): Promise<Answer> {
      const [method, pattern] = route.split(' ') as ['POST' | 'PUT' | 'DELETE', string]
      return browser.sendJson(method, url?.(target) ?? pattern, body(target))
    },
    /** What all accounts, profiles, teams, passwords and sessions are at this moment, as one value; signs of life are no change. */
    async state(): Promise<string> {
      const tables = [
        'account',
        'profile',
        'password',
        'team',
        'team_supervisor',
        'message',
        'known_device',
        'factor',
        'factor_rule',
      ]
      const rows = [
        ...tables.map((table) => `select ${table}::text as row from ${table}`),
        "select id || ' ' || coalesce(end_reason, '') as row from session",
      ].join(' union all ')
      const [{ state }] = (await system.sql(`select md5(string_agg(row, ',' order by row)) as state from (${rows}) as rows`)) as [
        { state: string },
      ]
      return state
    },
  }
}

/** What a request was refused for, in one word; undefined when it was done. */
export function refusal({ status, body }: Answer): string | undefined {
  if (status === 201 || status === 204) return undefined
  const answer = JSON.parse(body) as { code: string; faults?: { code: string }[]; refused?: { code: string }[] }
  if (status === 200) return answer.refused?.[0]?.code
  return answer.faults?.[0]?.code ?? answer.code
}
