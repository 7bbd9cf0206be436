// Metrics for Prometheus, on a port of their own that people do not reach.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { App } from './app.ts'

export type Metrics = Readonly<{
  registry: Registry
  logins: Counter<'outcome'>
  /** Links that were not sent because what the hour has for one network, or for the instance, was used up. */
  recoveryLinksHeldBack: Counter<'share'>
  /** Shows how many passwords are being hashed and how many wait, at the moment of each scrape. */
  watchHashQueue(queue: { readonly running: number; readonly waiting: number }): void
  /** Shows how the seats of each instance are used, as they were within the last seconds, however many scrape. */
  watchSeats(read: () => Promise<SeatSample[]>): void
  /** Shows how many live channels are open on this node, and whether it hears the notices of the others. */
  watchChannels(read: () => { open: number; hearsNotices: boolean }): void
}>

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

export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    logins: new Counter({
      name: 'gatehouse_logins_total',
      help: 'Logins by how they ended.',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    recoveryLinksHeldBack: new Counter({
      name: 'gatehouse_recovery_links_held_back_total',
      help: 'Recovery links that were not sent, by whose share of the hour was used up.',
      labelNames: ['share'],
      registers: [registry],
    }),
    watchHashQueue(queue) {
      new Gauge({
        name: 'gatehouse_hash_queue',
        help: 'Logins that hash their password, and that wait for it.',
        labelNames: ['state'],
        registers: [registry],
        collect() {
          this.set({ state: 'running' }, queue.running)
          this.set({ state: 'waiting' }, queue.waiting)
        },
      })
    },
    watchChannels(read) {
      new Gauge({
        name: 'gatehouse_live_channels',
        help: 'Live channels that are open on this node.',
        registers: [registry],
        collect() {
          this.set(read().open)
        },
      })
      new Gauge({
        name: 'gatehouse_hears_notices',
        help: 'Whether this node hears what the others tell: 1, or 0 while the connection for it is lost.',
        registers: [registry],
        collect() {
          this.set(read().hearsNotices ? 1 : 0)
        },
      })
    },
    watchSeats(read) {
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
    },
  }
}

/** Measures every answer by route; the label is the route's pattern, so that nobody can make labels up. */
export function measureRequests(app: App, { registry }: Metrics): void {
  const seconds = new Histogram({
    name: 'gatehouse_http_request_seconds',
    help: 'Time to answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    seconds.observe(
      { method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode },
      reply.elapsedTime / 1000,
    )
  })
}

/** Serves `/metrics` and nothing else. */
export async function serveMetrics({ registry }: Metrics, port: number, host: string): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  server.listen(port, host)
  await once(server, 'listening')
  return server
}
