import { declareKey, type Keys, keyedHash } from '../../platform/secret.ts'

const purpose = declareKey('sessions at modules')

/**
 * What a session is called at one module: the same whenever it is asked, another one at every module, so that none can compare with
 * another, and nothing that anybody can guess. Source: OpenID Connect Back-Channel Logout 1.0, 2.1 (sid).
 */
export function sidOf(keys: Keys, instance: { id: string }, sessionId: string, clientId: string): string {
  return keyedHash(keys.of(purpose), `${instance.id} ${sessionId} ${clientId}`).subarray(0, 16).toString('base64url')
}
