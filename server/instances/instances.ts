// Instances: which customer's world a request belongs to. Owns instance and installation. Knows no other feature.
import type { FastifyRequest } from 'fastify'
import { isLocalhost } from '../config.ts'
import type { App } from '../platform/app.ts'
import type { Database } from '../platform/database.ts'
import { hostUnknown } from './problems.ts'
import { findInstance, type Instance } from './store.ts'

export {
  findInstance,
  findInstanceByName,
  findSeatSettings,
  type Instance,
  type InstanceFields,
  insertInstance,
  isKeyCheck,
  keepKeyCheck,
  listInstances,
  listServedInstances,
  type SeatSettings,
  type ServedInstance,
  updateInstance,
  updateSeats,
} from './store.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The instance at whose address the request arrived. Set for every route but those that answer at any host. */
    instance: Instance
  }
}

// How long a node goes on with what it knows of an instance, in milliseconds.
const keptMilliseconds = 1000

/**
 * Finds every request's instance by its host name.
 * Only the Host header counts: what proxies say of another host is not believed, so no header can lead to another instance.
 * @throws host_unknown
 */
export function resolveInstances(app: App, { database, publicUrl }: { database: Database; publicUrl: URL }): void {
  const known = new Map<string, { instance: Instance; until: number }>()
  // On one's own machine NAME.localhost leads to the instance NAME, whatever its real host name is.
  const byNameToo = isLocalhost(publicUrl.hostname)

  app.decorateRequest('instance')
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.policy?.anyHost) return
    const hostname = hostnameOf(request)
    if (hostname === undefined) throw hostUnknown()
    request.instance = await find(hostname)
    request.view.instanceName = request.instance.name
  })

  async function find(hostname: string): Promise<Instance> {
    const now = performance.now()
    const kept = known.get(hostname)
    if (kept !== undefined && kept.until > now) return kept.instance
    const name = byNameToo && hostname.endsWith('.localhost') ? hostname.slice(0, -'.localhost'.length) : undefined
    const instance = await database.call((db) => findInstance(db, hostname, name))
    if (instance === undefined) {
      known.delete(hostname)
      throw hostUnknown()
    }
    known.set(hostname, { instance, until: now + keptMilliseconds })
    return instance
  }
}

/** The host that the request names, without its port; undefined when it names none, or one that cannot be. */
function hostnameOf({ headers }: FastifyRequest): string | undefined {
  const host = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)(:\d{1,5})?$/i.exec(headers.host ?? '')
  return host?.[1]?.toLowerCase()
}

/** The address of an instance, for links and slips: built from what is configured, never from a request. */
export function instanceUrl(publicUrl: URL, instance: { hostname: string }): string {
  return `${publicUrl.protocol}//${instance.hostname}${publicUrl.port === '' ? '' : `:${publicUrl.port}`}`
}
