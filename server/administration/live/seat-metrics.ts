import { Gauge } from 'prom-client'
import type { Metrics } from '../../platform/metrics.ts'

// Every instance is asked, one after the other. In milliseconds.
const seatsKept = 10_000

export type SeatSample = {
  instance: string
  seats: number | null
  seatReserve: number
  inUse: number
  peakToday: number
  refusalsToday: number
}

/** Shows how the seats of each instance are used, as they were within the last seconds, however many scrape. */
export function watchSeats({ registry }: Metrics, read: () => Promise<SeatSample[]>): void {
  let samples: Promise<SeatSample[]> = Promise.resolve([])
  let askAt = Number.NEGATIVE_INFINITY
  const gauge = new Gauge({
    name: 'gatehouse_seats',
    help: 'Seats of an instance: how many there are, the reserve, in use now, the most in use today, logins refused today.',
    labelNames: ['instance', 'figure'],
    registers: [registry],
    async collect() {
      if (performance.now() > askAt) {
        askAt = performance.now() + seatsKept
        // Whoever watches wants the other figures above all when the database is away.
        samples = read().catch(() => [])
      }
      const known = await samples
      gauge.reset()
      for (const { instance, seats, seatReserve, inUse, peakToday, refusalsToday } of known) {
        if (seats !== null) gauge.set({ instance, figure: 'seats' }, seats)
        if (seats !== null) gauge.set({ instance, figure: 'reserve' }, seatReserve)
        gauge.set({ instance, figure: 'in_use' }, inUse)
        gauge.set({ instance, figure: 'peak_today' }, peakToday)
        gauge.set({ instance, figure: 'refusals_today' }, refusalsToday)
      }
    },
  })
}
