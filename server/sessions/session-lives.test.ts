// Whether a session lives has one text, and everybody who asks gets the same answer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loggedIn, startFloor } from '../../test/floor.ts'
import { setEnabled } from '../operator/set-enabled.ts'
import { findRules } from '../rules/rules.ts'
import { listLiveSessions } from './sessions.ts'

/** What makes a session that has just begun be so. */
const states: Record<string, { lives: boolean; make: string }> = {
  fresh: { lives: true, make: 'device = device' },
  'almost idle': { lives: true, make: "last_active_at = now() - interval '59 minutes 50 seconds'" },
  idle: { lives: false, make: "last_active_at = now() - interval '61 minutes'" },
  'as old as it may get': { lives: false, make: "started_at = now() - interval '12 hours 1 second'" },
  'silent for less than the lease': { lives: true, make: "last_seen_at = now() - interval '110 seconds'" },
  'silent for longer than the lease': { lives: false, make: "last_seen_at = now() - interval '121 seconds'" },
  'in its grace': { lives: true, make: "lapses_at = now() + interval '10 seconds'" },
  'past its grace': { lives: false, make: "lapses_at = now() - interval '1 second'" },
  'before the end of its hours': { lives: true, make: "closes_at = now() + interval '10 seconds'" },
  'past its hours': { lives: false, make: "closes_at = now() - interval '1 second'" },
  ended: { lives: false, make: "ended_at = now(), end_reason = 'logged_out'" },
}

test('the desk, Live, the operator, the next request and another login agree on whether a session lives', async (t) => {
  const { system, admin } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const answers: Record<string, unknown> = {}
  const expected: Record<string, unknown> = {}
  const ask = async (path: string) => JSON.parse((await boss.get(path)).body)
  for (const [name, { lives, make }] of [...Object.entries(states), ['disabled', { lives: false, make: '' }] as const]) {
    const { id, username, password } = await system.addAccount({})
    const agent = await loggedIn(system, { username, password })
    // A question may be a sign of life, so the state is made anew before each.
    const put = async () => {
      if (make !== '') await system.sql(`update session set ${make} where account_id = $1`, [id])
      else await system.sql('update account set enabled = false where id = $1', [id])
      await system.sql('update session set last_active_at = now(), last_seen_at = now() where account_id <> $1', [id])
    }
    await put()
    const atDesk = await ask(`/api/desk?search=${username}`)
    const inLive = await ask(`/api/sessions?search=${username}`)
    const listed = await system.database.in(system.main, async (tx) => listLiveSessions(tx, await findRules(tx)))
    const recognised = (await agent.get('/api/session')).status === 200
    await put()
    const inTheWay = (await system.browser().logIn(username, password)).status === 409
    answers[name] = {
      desk: atDesk.people[0].session !== null,
      live: inLive.total === 1,
      operator: listed.some((each) => each.username === username),
      recognised,
      inTheWay,
    }
    expected[name] = { desk: lives, live: lives, operator: lives, recognised: lives, inTheWay: lives }
    if (name === 'ended')
      await system.sql(
        "insert into audit_event (instance_id, event, actor_kind, account_id, session_id) select instance_id, 'session_ended', 'system', account_id, id from session where end_reason = 'logged_out'",
      )
    if (name === 'disabled') {
      await system.sql('update account set enabled = true where id = $1', [id])
      await setEnabled(system, system.main, username, false, undefined)
    }
  }
  assert.deepEqual(answers, expected)
})

test('while nobody could hear a sign of life, and for one lease after, nobody counts as silent; idleness and age do', async (t) => {
  const { system, ana, ben } = await startFloor(t)
  const [agent, other] = [await loggedIn(system, ana), await loggedIn(system, ben)]
  await system.sql("update session set last_seen_at = now() - interval '10 minutes'")
  await system.sql("update session set last_active_at = now() - interval '61 minutes' where account_id = $1", [ben.id])
  const watched = (since: string, last: string) =>
    system.sql(`insert into session_watch (since, last_at) values (now() - interval '${since}', now() - interval '${last}')
      on conflict (only_one) do update set since = excluded.since, last_at = excluded.last_at`)
  await watched('1 day', '1 minute')
  assert.equal((await system.browser().logIn(ana.username, ana.password)).status, 409, 'nobody watches')
  await watched('1 minute', '1 second')
  assert.equal((await system.browser().logIn(ana.username, ana.password)).status, 409, 'not for a lease yet')
  assert.equal((await other.get('/api/session')).status, 401)
  await watched('10 minutes', '1 second')
  assert.equal((await agent.get('/api/session')).status, 401)
  await watched('1 minute', '1 second')
  assert.equal((await agent.get('/api/session')).status, 200, 'and comes back')
})
