// The list of accounts, with as many accounts as the largest instance has.
import { sql } from 'kysely'
import { findInstanceByName } from '../server/instances/instances.ts'
import { type DatabaseAddress, openDatabase } from '../server/platform/database.ts'
import { expectStatus, type Samples, summary, timed } from './client.ts'
import { Connection, requestText } from './connection.ts'
import { addAccounts, type Gatehouse } from './gatehouse.ts'
import { loggedIn } from './person.ts'
import type { Row } from './report.ts'

/** What people ask of the list: its first page, other orders, pages far in, filters, and what they type into the search. */
const queries = [
  '',
  'sort=username',
  'sort=email&direction=desc',
  'sort=lastLoginAt&direction=desc',
  'page=1000',
  'search=an',
  'search=souza',
  'search=maria+sou',
  'search=nobodyatall',
  'state=disabled',
  'state=ready&sort=username',
  'team=none',
] as const

/**
 * Fills the instance `main` and asks for pages of 50, one after the other, as one Administrator.
 * @param samples requests of each kind
 * @returns a row for all kinds together, and one for the slowest kind, each compared with a session check in the same run
 */
export async function measureList(
  { port, host }: Pick<Gatehouse, 'port' | 'host'>,
  address: DatabaseAddress,
  accounts: number,
  samples: number,
): Promise<Row[]> {
  const [administrator] = await addAccounts(address, 1, 'ready')
  const database = openDatabase(address, 1, () => {})
  const instance = (await database.asOperator(undefined, (tx) => findInstanceByName(tx, 'main')))!
  await database.in(instance, async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx)
    await sql`update account set profile_id = (select id from profile where name = 'Administrator') where username = ${administrator}`.execute(
      tx,
    )
    await sql`insert into team (name) select 'Team ' || n from generate_series(1, 200) n`.execute(tx)
    await sql`
      with names as (
        select array['Ana', 'Bruno', 'Carla', 'Diego', 'Elena', 'Fabio', 'María', 'João', 'Sofía', 'Úrsula'] as first,
          array['Souza', 'Ortiz', 'Díaz', 'Pereira', 'Gómez', 'Silva', 'Costa', 'Núñez', 'Lima', 'Vega', 'Rocha', 'Walsh'] as last,
          (select id from profile where name = 'Agent') as agent, array(select id from team) as teams
      )
      insert into account (username, username_key, full_name, email, profile_id, team_id, enabled, last_login_at)
      select 'person' || n, 'person' || n, first[1 + n % 10] || ' ' || last[1 + n / 10 % 12] || ' ' || n, case when n % 3 = 0 then 'person' || n || '@example.com' end,
        agent, case when n % 50 > 0 then teams[1 + n % 200] end, n % 40 > 0, case when n % 7 > 0 then now() - make_interval(mins => n) end
      from names, generate_series(1, ${accounts}::int) n`.execute(tx)
    await sql`insert into password (account_id, hash, changed_at) select id, 'x', now() from account where username like 'person%' and username not like '%9'`.execute(
      tx,
    )
  })
  await database.close()

  const [person] = await loggedIn({ port, host }, [administrator!])
  const connection = new Connection(port)
  const ask = (path: string) => async () => {
    const { milliseconds, result } = await timed(() =>
      connection.send(requestText({ method: 'GET', path, host, headers: person!.sessionCheckHeaders() })),
    )
    expectStatus(path, result.status, 200)
    return milliseconds
  }
  const measured = new Map<string, Samples>()
  for (const query of queries) measured.set(query, await repeat(samples, ask(`/api/accounts?${query}`)))
  const check = summary(await repeat(samples * 4, ask('/api/session')))
  connection.close()

  const loads = [...measured].map(([query, each]) => ({ query: query || 'first page', load: summary(each) }))
  const slowest = loads.reduce((one, other) => (other.load.p95 > one.load.p95 ? other : one))
  const row = (what: string, load: Row['load']): Row => ({
    what,
    load,
    ratio: `${(load.p50 / check.p50).toFixed(1)} × a session check (p50)`,
  })
  return [
    row(`pages of the list of ${accounts} accounts, ${queries.length} kinds of question`, summary(...measured.values())),
    row(`the slowest kind, ${slowest.query}`, slowest.load),
  ]
}

async function repeat(times: number, work: () => Promise<number>): Promise<Samples> {
  const took: number[] = []
  const begin = performance.now()
  // The first ones find PostgreSQL's plans and pages cold; people do not.
  for (let i = 0; i < 3; i += 1) await work()
  while (took.length < times) took.push(await work())
  return { took, seconds: (performance.now() - begin) / 1000, errors: {} }
}
