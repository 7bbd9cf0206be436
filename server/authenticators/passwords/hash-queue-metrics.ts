import { Gauge } from 'prom-client'
import type { Metrics } from '../../platform/metrics.ts'

/** Shows how many passwords are being hashed and how many wait, at the moment of each scrape. */
export function watchHashQueue({ registry }: Metrics, queue: { readonly running: number; readonly waiting: number }): void {
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
}
