// That a browser is on its way into a module: sealed into the address that it is led to, so that whoever comes by writes nothing down. It is
// used up once, by whoever is logged in.
import { declareKey, type Keys, seal, unseal } from '../../platform/secret.ts'

export type Intent = {
  moduleId: string
  /** Of the browser that began it, which alone may end it. */
  nonceHash: Buffer
  /** Where on the module's host it leads in the end. */
  wanted: string
}

export const intentMinutes = 10
const purpose = declareKey('forward-auth intents')
const about = (instance: { id: string }) => `intent ${instance.id}`

/** @param at milliseconds since 1970 */
export function sealIntent(keys: Keys, instance: { id: string }, intent: Intent, at = Date.now()): string {
  const text = JSON.stringify({
    ...intent,
    nonceHash: intent.nonceHash.toString('base64url'),
    until: at + intentMinutes * 60_000,
  })
  return seal(keys.of(purpose), text, about(instance)).toString('base64url')
}

/** Undefined for one that is none, or of another instance, or too old. */
export function openIntent(keys: Keys, instance: { id: string }, sealed: string): Intent | undefined {
  try {
    const text = unseal(keys.of(purpose), Buffer.from(sealed, 'base64url'), about(instance))
    const { moduleId, nonceHash, wanted, until } = JSON.parse(text) as Record<string, string> & { until: number }
    return until < Date.now()
      ? undefined
      : { moduleId: moduleId!, nonceHash: Buffer.from(nonceHash!, 'base64url'), wanted: wanted! }
  } catch {
    return undefined
  }
}
