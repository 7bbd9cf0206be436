import { Counter } from 'prom-client'
import type { Metrics } from '../platform/metrics.ts'

/** Counts logins by how they ended. */
export function countLogins({ registry }: Metrics): (outcome: string) => void {
  const logins = new Counter({
    name: 'gatehouse_logins_total',
    help: 'Logins by how they ended.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  return (outcome) => logins.inc({ outcome })
}
