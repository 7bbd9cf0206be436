// Every operation that takes a permission, judged by itself: without what its route says of it, it still refuses whoever lacks it. So a
// profile that is changed while a request is under way counts, and what comes to an operation by another way, as an import or a job does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultRules } from '../server/rules/rule-catalogue.ts'
import { namesOf } from '../server/rules/rules.ts'
import { needed, plausible, type Schema } from './documented.ts'
import { allBut, refusal, startMatrix } from './permission-matrix.ts'
import { writePaths } from './write-paths.ts'

/** What a route alone holds: it shows what is the same for everybody who may look, and reads nobody's account. */
const heldByTheirRoute = [
  'GET /api/docs',
  'GET /api/openapi.json',
  'GET /api/mail',
  'GET /api/permissions',
  'GET /api/rules',
  'GET /api/seats',
  'GET /api/seats/week-ago',
  'GET /api/imports/template',
  'POST /api/rules/preview',
]

/** Where a plausible body would be refused for what it says. */
const valuesOf = (area: 'passwords' | 'sessions') => Object.fromEntries(namesOf(area).map((name) => [name, defaultRules[name]]))
const bodies: Record<string, unknown> = {
  'PUT /api/imports/:id': { mapping: ['username', 'fullName'], hasHeader: true, onExisting: 'skip' },
  'POST /api/rules/preview': { values: valuesOf('passwords'), password: 'walnut' },
  'POST /api/mail/test': { email: 'somebody@example.com' },
  'PUT /api/rules': {
    area: 'sessions',
    version: 0,
    values: valuesOf('sessions'),
    reasons: {},
  },
}

test('asvs-8.3.1 every operation looks by itself whether whoever asks may do it', async (t) => {
  const { system, browser, actorHas, target, send, state } = await startMatrix(t)
  const it = await target()
  const guarded = system.routes.filter(({ method, policy }) => method !== 'HEAD' && policy.permission !== undefined)
  const held: string[] = []
  for (const { method, url, policy, body } of guarded) {
    const permission = policy.permission!
    const route = `${method} ${url}`
    // The hook reads it at each request.
    Object.assign(policy, { permission: undefined })
    await actorHas(allBut(permission))
    const before = await state()
    const path = writePaths.find((each) => each.route === route)
    const plain = url.replace(/:\w+/g, it.account.id)
    const answer = path
      ? await send(path, it)
      : method === 'GET'
        ? await browser.get(`${plain}?search=an`)
        : policy.slowBody
          ? await browser.send('POST', plain, 'Username,Full Name\nana,Ana\n', 'application/octet-stream', {
              'x-form-token': browser.formToken,
            })
          : await browser.sendJson(
              method as 'POST',
              plain,
              bodies[route] ?? plausible(needed(body as Schema | undefined), it.account.id),
            )
    Object.assign(policy, { permission })
    if (answer.status < 400) held.push(route)
    else if (policy.answers === 'json') assert.equal(refusal(answer), 'not_permitted', `${route}: ${answer.body}`)
    assert.equal(await state(), before, `${route} without ${permission}`)
  }
  assert.deepEqual(held.sort(), [...heldByTheirRoute].sort(), 'what is held by its route alone')
})

test('nobody does to the own account what is for others, on any path', async (t) => {
  const { browser, target, state } = await startMatrix(t)
  const { self } = await target()
  const before = await state()
  for (const [url, body] of [
    [`/api/accounts/${self.id}/extend-validity`, { days: 1 }],
    [`/api/accounts/${self.id}/unlock`, {}],
  ] as const)
    assert.equal(refusal(await browser.sendJson('POST', url, body)), 'own_account', url)
  for (const [act, more] of [
    ['enable', {}],
    ['disable', { reason: '' }],
    ['remove', {}],
    ['slips', {}],
  ] as const)
    assert.equal(
      refusal(await browser.sendJson('POST', `/api/accounts/${act}`, { accountIds: [self.id], ...more })),
      'own_account',
      act,
    )
  assert.equal(refusal(await browser.sendJson('POST', '/api/sessions/end', { accountIds: [self.id], reason: '' })), 'own_account')
  assert.equal(await state(), before)
})
