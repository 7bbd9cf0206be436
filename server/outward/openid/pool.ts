// The providers of a node: one for each instance that is asked for, made when it is, and anew when its keys change.
import { isDeepStrictEqual } from 'node:util'
import type { Instance } from '../../instances/instances.ts'
import { instanceUrl } from '../../instances/instances.ts'
import type { RuleBook } from '../../rules/rules.ts'
import { makeProvider, type Provider, type ProviderNeeds } from './provider.ts'
import { readSigningKeys, type SigningKey } from './signing-keys.ts'

/** A provider takes about 65 KiB. */
const mostKept = 500
/** How long a node goes on with the keys that it knows, in milliseconds. */
const keptMilliseconds = 1000

export type PoolNeeds = Omit<ProviderNeeds, 'limits'> & { rules: RuleBook; publicUrl: URL }

export type Issuer = { provider: Provider; issuer: string; signingKeys: readonly SigningKey[] }

export function openProviders(needs: PoolNeeds): (instance: Instance) => Promise<Issuer> {
  // In the order in which they were asked for last.
  const known = new Map<string, { issuer: Issuer; name: string; until: number }>()
  const coming = new Map<string, Promise<Issuer>>()

  async function look(instance: Instance): Promise<Issuer> {
    const issuer = instanceUrl(needs.publicUrl, instance)
    const before = known.get(instance.id)
    const signingKeys = await readSigningKeys(needs, instance)
    const isSame =
      before !== undefined &&
      before.issuer.issuer === issuer &&
      before.name === instance.name &&
      isDeepStrictEqual(before.issuer.signingKeys.map(placeOf), signingKeys.map(placeOf))
    const provider = isSame
      ? before.issuer.provider
      : makeProvider({ ...needs, limits: () => needs.rules.of(instance) }, instance, issuer, signingKeys)
    const found = { provider, issuer, signingKeys }
    known.delete(instance.id)
    known.set(instance.id, { issuer: found, name: instance.name, until: performance.now() + keptMilliseconds })
    if (known.size > mostKept) known.delete(known.keys().next().value!)
    return found
  }

  return async (instance) => {
    const kept = known.get(instance.id)
    if (kept !== undefined && kept.until > performance.now() && kept.issuer.issuer === instanceUrl(needs.publicUrl, instance))
      return kept.issuer
    const looking = coming.get(instance.id) ?? look(instance).finally(() => coming.delete(instance.id))
    coming.set(instance.id, looking)
    return looking
  }
}

const placeOf = ({ jwk, state }: SigningKey) => [jwk.kid, state]
