// Modules: the programs behind the door. Which there are, who may use them, at which a session is used, and which are still to be told
// that one has ended. Owns module, module_profile, module_team, module_secret, module_session, module_grant, logout_delivery. Knows no
// protocol: how a module signs in is outward/openid.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../audit/audit.ts'
import { actingAccount } from '../../directory/accounts/accounts.ts'
import { instanceUrl } from '../../instances/instances.ts'
import { type Caller, callerOf } from '../../platform/caller.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { apiFor } from '../../platform/policy.ts'
import { sessionOf } from '../../sessions/sessions.ts'
import { redirectFault } from './addresses.ts'
import { listDeliveries } from './delivery-store.ts'
import { changeModule, createModule, giveSecret, managesModules, removeModule, takeSecretBack } from './manage-modules.ts'
import { listChoices, listRefusals, listStandings, type Refusal } from './overview-store.ts'
import { moduleNotFound } from './problems.ts'
import {
  changeModuleRoute,
  createModuleRoute,
  giveModuleSecretRoute,
  listLogoutDeliveriesRoute,
  listModuleRefusalsRoute,
  listModulesRoute,
  removeModuleRoute,
  takeModuleSecretBackRoute,
} from './schemas.ts'
import { listModules, lockModule, type Module } from './store.ts'

export { type Delivery, deliveryTidying, findDueLogouts, type Settled, settleDelivery, takeLogouts } from './delivery-store.ts'
export { findLanding, openLandings } from './landing-store.ts'
export {
  changeModule,
  createModule,
  giveSecret,
  managesModules,
  plainModule,
  removeModule,
  takeSecretBack,
} from './manage-modules.ts'
export { type Access, listAccess, listChoices } from './overview-store.ts'
export { closeGrant, openModuleSession } from './session-store.ts'
export {
  findModuleByClientId,
  findPerson,
  listModules,
  listTiles,
  type Module,
  type ModuleFields,
  type Person,
  secretHashes,
  type Tile,
} from './store.ts'

declare module '../../platform/notices.ts' {
  interface NoticeKinds {
    /** Modules are to be told of ends of sessions. */
    logouts: { instance: string }
  }
}

export function modules({ database, publicUrl }: { database: Database; publicUrl: URL }): FastifyPluginAsyncTypebox {
  const manage = apiFor('modules.manage')

  /** Does something as whoever asks, if they manage modules. */
  const managing = <T>(request: FastifyRequest, work: (tx: Transaction, actor: Actor, caller: Caller) => Promise<T>) =>
    database.in(request.instance, async (tx) =>
      work(tx, await managesModules(tx, sessionOf(request).accountId), callerOf(request)),
    )

  return async (app) => {
    app.get('/api/modules', { schema: listModulesRoute, config: apiFor('modules.view') }, (request) =>
      database.in(request.instance, async (tx) => {
        const acting = await actingAccount(tx, sessionOf(request).accountId, 'modules.view')
        const standings = await listStandings(tx)
        return {
          modules: (await listModules(tx)).map((module) => {
            const { lastUsedAt = null, delivered = 0, waiting = 0, failed = 0 } = standings.get(module.id) ?? {}
            return { ...module, lastUsedAt: lastUsedAt?.toISOString() ?? null, logouts: { delivered, waiting, failed } }
          }),
          choices: await listChoices(tx),
          issuer: instanceUrl(publicUrl, request.instance),
          mayManage: acting.permissions.includes('modules.manage') && acting.teams === 'all',
        }
      }),
    )

    app.post('/api/modules', { schema: createModuleRoute, config: manage }, async (request, reply) => {
      const { kind, ...fields } = request.body
      const created = await managing(request, (tx, actor, caller) => createModule(tx, actor, kind, fields, caller))
      return reply.code(201).send({ ...created, secret: created.secret ?? null })
    })

    app.put('/api/modules/:id', { schema: changeModuleRoute, config: manage }, async (request, reply) => {
      await managing(request, (tx, actor, caller) => changeModule(tx, actor, request.params.id, request.body, caller))
      return reply.code(204).send(null)
    })

    app.delete('/api/modules/:id', { schema: removeModuleRoute, config: manage }, async (request, reply) => {
      await managing(request, (tx, actor, caller) => removeModule(tx, actor, request.params.id, caller))
      return reply.code(204).send(null)
    })

    app.post('/api/modules/:id/secrets', { schema: giveModuleSecretRoute, config: manage }, async (request, reply) => {
      const secret = await managing(request, (tx, actor, caller) => giveSecret(tx, actor, request.params.id, caller))
      return reply.code(201).send({ secret })
    })

    app.delete(
      '/api/modules/:id/secrets/:secretId',
      { schema: takeModuleSecretBackRoute, config: manage },
      async (request, reply) => {
        const { id, secretId } = request.params
        await managing(request, (tx, actor, caller) => takeSecretBack(tx, actor, id, secretId, caller))
        return reply.code(204).send(null)
      },
    )

    app.get('/api/modules/:id/logouts', { schema: listLogoutDeliveriesRoute, config: apiFor('modules.view') }, (request) =>
      database.in(request.instance, async (tx) => {
        await actingAccount(tx, sessionOf(request).accountId, 'modules.view')
        if ((await lockModule(tx, request.params.id)) === undefined) throw moduleNotFound()
        const deliveries = await listDeliveries(tx, request.params.id)
        return {
          deliveries: deliveries.map(({ endedAt, nextAt, doneAt, ...delivery }) => ({
            ...delivery,
            endedAt: endedAt.toISOString(),
            nextAt: delivery.state === 'waiting' ? nextAt.toISOString() : null,
            doneAt: doneAt?.toISOString() ?? null,
          })),
        }
      }),
    )

    app.get('/api/modules/:id/refusals', { schema: listModuleRefusalsRoute, config: apiFor('modules.view') }, (request) =>
      database.in(request.instance, async (tx) => {
        await actingAccount(tx, sessionOf(request).accountId, 'modules.view')
        const module = await lockModule(tx, request.params.id)
        if (module === undefined) throw moduleNotFound()
        const refusals = await listRefusals(tx, module.id)
        return {
          refusals: refusals.map(({ firstAt, lastAt, ...refusal }) => ({
            ...refusal,
            firstAt: firstAt.toISOString(),
            lastAt: lastAt.toISOString(),
            mayTakeOver: isMissing(module, refusal),
          })),
        }
      }),
    )
  }
}

/** Whether what was refused is an address to come back to that is not registered yet, and could be. */
function isMissing({ kind, redirectAddresses }: Module, { error, offered }: Pick<Refusal, 'error' | 'offered'>): boolean {
  return (
    error === 'invalid_redirect_uri' &&
    offered !== null &&
    !redirectAddresses.includes(offered) &&
    redirectFault(offered, kind) === undefined
  )
}
