import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMetrics } from '../../platform/metrics.ts'
import { watchSeats } from './seat-metrics.ts'

const sample = { instance: 'main', seats: 3, seatReserve: 1, inUse: 2, peakToday: 3, refusalsToday: 0 }

test('however many scrape at once, the instances are asked once; with the database away the other figures are there', async () => {
  const metrics = openMetrics()
  let asked = 0
  watchSeats(metrics, async () => {
    asked += 1
    return [sample]
  })
  const texts = await Promise.all(Array.from({ length: 5 }, () => metrics.registry.metrics()))
  for (const text of texts) assert.match(text, /gatehouse_seats\{instance="main",figure="in_use"\} 2/)
  assert.equal(asked, 1)

  const without = openMetrics()
  watchSeats(without, () => Promise.reject(new Error('the database is away')))
  const text = await without.registry.metrics()
  assert.match(text, /process_cpu_seconds_total/)
  assert.ok(!text.includes('gatehouse_seats{'))
})
