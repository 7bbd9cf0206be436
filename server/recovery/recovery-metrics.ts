import { Counter } from 'prom-client'
import type { Metrics } from '../platform/metrics.ts'

/** Links that were not sent because what the hour has for one network, or for the instance, was used up. */
export function openRecoveryMetrics({ registry }: Metrics): { heldBack: Counter<'share'> } {
  const heldBack = new Counter({
    name: 'gatehouse_recovery_links_held_back_total',
    help: 'Recovery links that were not sent, by whose share of the hour was used up.',
    labelNames: ['share'],
    registers: [registry],
  })
  return { heldBack }
}
