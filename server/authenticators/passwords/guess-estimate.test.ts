import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startNodes } from '../../../test/nodes.ts'
import { Problem } from '../../platform/problem.ts'
import { defaultRules } from '../../rules/rules.ts'
import { openGuessEstimator } from './guess-estimate.ts'
import { openHashQueue } from './hash-queue.ts'
import { judgePassword } from './set-password.ts'

const owner = { username: 'ana.perez', fullName: 'Ana Pérez', instanceName: 'acme' }
const candidate = 'walnut drifts over copper rails'

/** An estimator whose work goes on until it is let go; `asked` are the people whose estimates have begun, by their words. */
function held() {
  const asked: string[] = []
  const finish: (() => void)[] = []
  const guesses = openGuessEstimator({
    estimate(password) {
      asked.push(password)
      return new Promise((resolve) => finish.push(() => resolve(1e12)))
    },
    close: async () => {},
  })
  return { guesses, asked, finishOne: () => finish.shift()?.() }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))
const code = (error: unknown) => (error instanceof Problem ? error.code : String(error))

test('no hash waits behind the estimates of a dozen people who type', async () => {
  const { guesses, finishOne } = held()
  const hashQueue = openHashQueue(1, 10)
  const needs = { guesses, hashQueue, breached: undefined }
  const judged = Array.from({ length: 12 }, (_, i) => judgePassword(needs, defaultRules, owner, candidate, `person ${i}`))
  await settled()
  assert.deepEqual([hashQueue.running, hashQueue.waiting], [0, 0], 'estimates hold places of the hash queue')
  assert.equal(await hashQueue.run({ lane: 'login', key: 'login' }, async () => 'hashed'), 'hashed')
  for (let i = 0; i < 12; i += 1) {
    finishOne()
    await settled()
  }
  assert.deepEqual(await Promise.all(judged), Array(12).fill([]))
})

test('one estimate is made at a time, people take turns, and whoever asks most is turned away first', async () => {
  const { guesses, asked, finishOne } = held()
  const refused: string[] = []
  const ask = (person: string) =>
    void guesses.estimate(person, person, []).catch((error) => refused.push(`${person} ${code(error)}`))
  for (let i = 0; i < 51; i += 1) ask('flood')
  ask('ana')
  ask('ben')
  await settled()
  assert.deepEqual(asked, ['flood'])
  assert.deepEqual(refused, ['flood busy', 'flood busy'])
  for (let i = 0; i < 4; i += 1) {
    finishOne()
    await settled()
  }
  assert.deepEqual(asked, ['flood', 'flood', 'ana', 'ben', 'flood'])
})

const thread = openGuessEstimator()
after(() => thread.close())

test('the first 64 characters are estimated and no more', async () => {
  const start = 'gk2wq9zt4hm7'.repeat(6).slice(0, 64)
  assert.equal(await thread.estimate('ana', `${start}xQ9!`.repeat(4), []), await thread.estimate('ana', start, []))
  assert.notEqual(await thread.estimate('ana', start.slice(0, 63), []), await thread.estimate('ana', start, []))
})

test('120 a minute are estimated for one person, while others go on', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const other = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/change-password')
  const check = () => browser.postJson('/api/password-check', { newPassword: candidate })
  for (let i = 0; i < 120; i += 1) assert.equal((await check()).status, 200)
  const refused = await check()
  assert.deepEqual([refused.status, JSON.parse(refused.body).code], [429, 'too_many_checks'])
  assert.ok(Number(refused.headers['retry-after']) > 0)
  // Setting one is refused alike, and in words.
  const set = await browser.post('/change-password', {
    currentPassword: password,
    newPassword: `${candidate} again`,
    newPasswordAgain: `${candidate} again`,
  })
  assert.equal(set.status, 429)
  assert.match(set.body, /Wait a minute/)

  const others = system.browser()
  await others.logIn(other.username, other.password)
  await others.get('/change-password')
  assert.equal((await others.postJson('/api/password-check', { newPassword: candidate })).status, 200)
})
