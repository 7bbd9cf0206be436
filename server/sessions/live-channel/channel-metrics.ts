import { Gauge } from 'prom-client'
import type { Metrics } from '../../platform/metrics.ts'

/** Shows how many live channels are open on this node, and whether it hears the notices of the others. */
export function watchChannels({ registry }: Metrics, read: () => { open: number; hearsNotices: boolean }): void {
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
}
