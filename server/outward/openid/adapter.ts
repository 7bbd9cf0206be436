// Where the library keeps what it hands out. The database holds hashes of what is a secret, and sealed what belongs to it; what is used
// once is used up by one statement; and what belongs to a session is not found once the session has ended.
// Source: node-oidc-provider, example/my_adapter.js

import type { Adapter, AdapterPayload } from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { Database } from '../../platform/database.ts'
import { declareKey, hashToken, type Keys, seal, unseal } from '../../platform/secret.ts'
import { carrySession, type SessionLimits } from '../../sessions/sessions.ts'
import { closeGrant, findModuleByClientId } from '../modules/modules.ts'
import { scopes } from './claims.ts'
import { clientOf } from './client.ts'
import { consumeItem, findItem, keepItem, keepNewItem, removeItem, type StoredItem } from './item-store.ts'
import { inProtocol } from './protocol-errors.ts'
import { knownInRequest } from './request.ts'

const purpose = declareKey('openid items')

export type AdapterNeeds = {
  database: Database
  keys: Keys
  limits: () => Promise<SessionLimits>
}

/** The grant that a module's tokens hang on: it may have whatever it asks for, since who may use it was decided before. */
export function grantPayload(id: string, accountId: string, clientId: string): AdapterPayload {
  return { kind: 'Grant', jti: id, accountId, clientId, openid: { scope: scopes.join(' '), claims: [] } } as AdapterPayload
}

/** For the library's models, by their names. */
export function openAdapter(needs: AdapterNeeds, instance: { id: string }, model: string): Adapter {
  const { database, keys } = needs
  const about = (idHash: Buffer) => `${model} ${instance.id} ${idHash.toString('base64url')}`

  function read({ payload, idHash, consumedAt, grantId, accountId, clientId }: StoredItem): AdapterPayload {
    // For what is asked next in this request, and belongs to the same answer of the database.
    if (grantId !== null && accountId !== null && clientId !== null)
      knownInRequest().grants.set(grantId, grantPayload(grantId, accountId, clientId))
    const kept = JSON.parse(unseal(keys.of(purpose), payload, about(idHash))) as AdapterPayload
    return consumedAt === null ? kept : { ...kept, consumed: Math.floor(consumedAt.getTime() / 1000) }
  }

  const itemOf = (id: string, payload: AdapterPayload, seconds: number) => {
    const idHash = hashToken(id)
    const { sessionUid, grantId, userCode } = payload
    return {
      model,
      idHash,
      payload: seal(keys.of(purpose), JSON.stringify(payload), about(idHash)),
      sessionId: sessionUid ?? null,
      // A request that is under way knows of the grant, and needs none.
      grantId: sessionUid === undefined ? null : (grantId ?? null),
      userCodeHash: userCode === undefined ? null : hashToken(userCode),
      seconds,
    }
  }

  return guarded({
    async upsert(id, payload, expiresIn) {
      if (model === 'Grant' || model === 'Session') return
      const item = itemOf(id, payload, expiresIn ?? 0)
      // The same proof twice: whoever comes second is a thief, or has lost an answer.
      if (model === 'ReplayDetection' && !(await keepNewItem(database, instance, item)))
        throw new errors.InvalidRequest('used before')
      if (model !== 'ReplayDetection') await keepItem(database, instance, item)
      // A module that refreshes its tokens is being used; that it shows them, or asks about them, says nothing of a person.
      const isRefreshed = model === 'AccessToken' && String(payload.gty).endsWith('refresh_token')
      if (isRefreshed && item.sessionId !== null) await carrySession(database, instance, item.sessionId, await needs.limits())
    },
    async find(id) {
      if (model === 'Grant') return knownInRequest().grants.get(id)
      if (model === 'Client') {
        const module = await database.in(instance, (tx) => findModuleByClientId(tx, id))
        return module?.enabled && module.kind !== 'proxy' ? (clientOf(module) as AdapterPayload) : undefined
      }
      const found = await findItem(database, instance, model, { idHash: hashToken(id) }, await needs.limits())
      return found && read(found)
    },
    async findByUserCode(userCode) {
      const found = await findItem(database, instance, model, { userCodeHash: hashToken(userCode) }, await needs.limits())
      return found && read(found)
    },
    async findByUid() {
      throw new TypeError('sessions are not kept here')
    },
    async consume(id) {
      if (await consumeItem(database, instance, model, hashToken(id))) return
      // Two used it at once, or one of them long after: nobody knows who is the thief, so neither keeps anything.
      const { grantId } = knownInRequest()
      if (grantId !== undefined) await database.in(instance, (tx) => closeGrant(tx, grantId))
      throw new errors.InvalidGrant('used before')
    },
    async destroy(id) {
      if (model === 'Grant') await database.in(instance, (tx) => closeGrant(tx, id))
      else await removeItem(database, instance, model, hashToken(id))
    },
    async revokeByGrantId(grantId) {
      await database.in(instance, (tx) => closeGrant(tx, grantId))
    },
  })
}

/** An adapter whose failures the protocol has words for. */
function guarded(adapter: Adapter): Adapter {
  const methods = Object.entries(adapter) as [string, (...values: unknown[]) => Promise<unknown>][]
  return Object.fromEntries(
    methods.map(([name, method]) => [name, (...values: unknown[]) => inProtocol(() => method(...values))]),
  ) as unknown as Adapter
}
