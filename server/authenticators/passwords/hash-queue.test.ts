import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type HashQueue, openHashQueue } from './hash-queue.ts'

let keys = 0
/** Runs work that no other work has to wait for. */
function run<T>(queue: HashQueue, lane: string, work: () => Promise<T>): Promise<T> {
  keys += 1
  return queue.run({ lane, key: `key ${keys}` }, work)
}

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
      run(queue, `lane ${i % 4}`, async () => {
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
  const all = [run(queue, 'flood', first.work)]
  for (let i = 0; i < 20; i += 1) all.push(run(queue, 'flood', async () => void order.push('flood')))
  all.push(run(queue, 'person', async () => void order.push('person')))
  first.finish()
  await Promise.all(all)
  assert.ok(order.indexOf('person') <= 1, order.join())
})

test('fault-F19 a full queue turns the newest of the longest lane away, and lets a newcomer in', async () => {
  const queue = openHashQueue(1, 3)
  const first = held()
  const running = run(queue, 'flood', first.work)
  const flood = [1, 2, 3].map(() => run(queue, 'flood', async () => 'done'))
  await assert.rejects(
    run(queue, 'flood', async () => 'done'),
    { code: 'busy', status: 503, retryAfterSeconds: 5 },
  )
  const person = run(queue, 'person', async () => 'done')
  await assert.rejects(flood[2]!, { code: 'busy' })
  first.finish()
  assert.deepEqual(await Promise.all([running, flood[0], flood[1], person]), [undefined, 'done', 'done', 'done'])
})

test('work that fails gives its place back', async () => {
  const queue = openHashQueue(1, 10)
  const failing = run(queue, 'a', async () => Promise.reject(new Error('no')))
  const next = run(queue, 'a', async () => 'done')
  await assert.rejects(failing, /no/)
  assert.equal(await next, 'done')
  assert.deepEqual([queue.running, queue.waiting], [0, 0])
})

test('work with the same key runs one after the other, and keeps nobody else waiting', async () => {
  const queue = openHashQueue(3, 100)
  const first = held()
  const order: string[] = []
  const place = (key: string) => ({ lane: 'one address', key })
  const all = [queue.run(place('ana'), first.work)]
  for (let i = 0; i < 10; i += 1) all.push(queue.run(place('ana'), async () => void order.push(`ana ${i}`)))
  await queue.run(place('ben'), async () => void order.push('ben'))
  assert.deepEqual(order, ['ben'])
  assert.deepEqual([queue.running, queue.waiting], [1, 10])
  first.finish()
  await Promise.all(all)
  assert.deepEqual(
    order.slice(1),
    Array.from({ length: 10 }, (_, i) => `ana ${i}`),
  )
})
