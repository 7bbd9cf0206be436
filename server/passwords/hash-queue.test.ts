import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHashQueue } from './hash-queue.ts'

/** Work that goes on until it is let go. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { work: () => promise, finish: resolve }
}

test('the queue never runs more than it may, and runs everything', async () => {
  const queue = openHashQueue(3, 100)
  let most = 0
  await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      queue.run(`lane ${i % 4}`, async () => {
        most = Math.max(most, queue.running)
        await new Promise((resolve) => setImmediate(resolve))
      }),
    ),
  )
  assert.equal(most, 3)
  assert.deepEqual([queue.running, queue.waiting], [0, 0])
})

test('lanes take turns: one that sends a flood waits behind itself', async () => {
  const queue = openHashQueue(1, 100)
  const first = held()
  const order: string[] = []
  const all = [queue.run('flood', first.work)]
  for (let i = 0; i < 20; i += 1) all.push(queue.run('flood', async () => void order.push('flood')))
  all.push(queue.run('person', async () => void order.push('person')))
  first.finish()
  await Promise.all(all)
  assert.ok(order.indexOf('person') <= 1, order.join())
})

test('fault-F19 a full queue turns the newest of the longest lane away, and lets a newcomer in', async () => {
  const queue = openHashQueue(1, 3)
  const first = held()
  const running = queue.run('flood', first.work)
  const flood = [1, 2, 3].map(() => queue.run('flood', async () => 'done'))
  await assert.rejects(
    queue.run('flood', async () => 'done'),
    { code: 'busy', status: 503, retryAfterSeconds: 5 },
  )
  const person = queue.run('person', async () => 'done')
  await assert.rejects(flood[2]!, { code: 'busy' })
  first.finish()
  assert.deepEqual(await Promise.all([running, flood[0], flood[1], person]), [undefined, 'done', 'done', 'done'])
})

test('work that fails gives its place back', async () => {
  const queue = openHashQueue(1, 10)
  const failing = queue.run('a', async () => Promise.reject(new Error('no')))
  const next = queue.run('a', async () => 'done')
  await assert.rejects(failing, /no/)
  assert.equal(await next, 'done')
  assert.deepEqual([queue.running, queue.waiting], [0, 0])
})
