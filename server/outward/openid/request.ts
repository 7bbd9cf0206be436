// What is known of the request that the library works on: who is logged in in its browser, and what was found on the way.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { AdapterPayload } from 'oidc-provider'
import type { View } from '../../platform/page.ts'
import type { LiveSession } from '../../sessions/sessions.ts'
import type { Refusal } from './refusals.ts'

export type Known = {
  session: LiveSession | undefined
  view: View
  /** What the log calls it. */
  reference: string
  /** What forms carry to prove that they come from here; undefined where none is sent. */
  formToken: string | undefined
  /** Told of what the module did wrong. */
  onRefusal(refusal: Refusal): void
  /** Grants that the same request has found to be good, by their ids. */
  readonly grants: Map<string, AdapterPayload>
  /** The last of them. */
  readonly grantId: string | undefined
}

const storage = new AsyncLocalStorage<Known>()

export function knownInRequest(): Known {
  const known = storage.getStore()
  if (known === undefined) throw new TypeError('no request is under way')
  return known
}

/** Lets what `work` begins know of the request. */
export function withRequest<T>(of: Omit<Known, 'grants' | 'grantId'>, work: () => T): T {
  const grants = new Map<string, AdapterPayload>()
  const known: Known = {
    ...of,
    grants,
    get grantId() {
      return [...grants.keys()].at(-1)
    },
  }
  return storage.run(known, work)
}
