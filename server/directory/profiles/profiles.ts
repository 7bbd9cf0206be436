// Profiles: named sets of permissions. Owns profile. Knows accounts, whose reach decides who may change what.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Permission, permissions } from '../../../contracts/permissions.ts'
import { callerOf } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { apiFor } from '../../platform/policy.ts'
import { sessionOf } from '../../sessions/sessions.ts'
import { actingAccount } from '../accounts/accounts.ts'
import { changeProfile, createProfile, mayChangeProfile, mayManageProfiles, removeProfile } from './manage-profiles.ts'
import { areaOf } from './permissions.ts'
import { changeProfileRoute, createProfileRoute, listPermissionsRoute, listProfilesRoute, removeProfileRoute } from './schemas.ts'
import { listProfiles } from './store.ts'

export { areaOf, worth } from './permissions.ts'
export { shownProfileName } from './profile-name.ts'
export { findProfileId, insertBuiltInProfiles } from './store.ts'

export function profiles({ database }: { database: Database }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/api/profiles', { schema: listProfilesRoute, config: apiFor('profiles.view') }, (request) =>
      database.in(request.instance, async (tx) => {
        const acting = await actingAccount(tx, sessionOf(request).accountId, 'profiles.view')
        const listed = await listProfiles(tx, acting)
        return {
          profiles: listed.map((profile) => ({ ...profile, mayChange: mayChangeProfile(acting, profile) })),
          mayCreate: mayManageProfiles(acting),
        }
      }),
    )

    app.get('/api/permissions', { schema: listPermissionsRoute, config: apiFor('profiles.view') }, async (request) => {
      const own = sessionOf(request).permissions
      const keys = Object.keys(permissions) as Permission[]
      return { permissions: keys.map((key) => ({ key, area: areaOf(key), mayGive: own.includes(key) })) }
    })

    app.post('/api/profiles', { schema: createProfileRoute, config: apiFor('profiles.manage') }, async (request, reply) => {
      const { accountId } = sessionOf(request)
      const id = await createProfile(database, request.instance, accountId, request.body, callerOf(request))
      return reply.code(201).send({ id })
    })

    app.put('/api/profiles/:id', { schema: changeProfileRoute, config: apiFor('profiles.manage') }, async (request, reply) => {
      const { accountId } = sessionOf(request)
      await changeProfile(database, request.instance, accountId, request.params.id, request.body, callerOf(request))
      return reply.code(204).send(null)
    })

    app.delete('/api/profiles/:id', { schema: removeProfileRoute, config: apiFor('profiles.manage') }, async (request, reply) => {
      const { accountId } = sessionOf(request)
      await removeProfile(database, request.instance, accountId, request.params.id, callerOf(request))
      return reply.code(204).send(null)
    })
  }
}
