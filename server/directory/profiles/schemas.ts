import { Type } from 'typebox'
import { type Permission, permissions } from '../../../contracts/permissions.ts'
import { ProblemBody } from '../../platform/schemas.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const api = { tags: ['profiles'], security: [{ session: [] }] }
const params = Type.Object({ id: Id })

const ProfileFields = {
  name: Type.String({ maxLength: 1000 }),
  permissions: Type.Array(Type.Enum(Object.keys(permissions) as Permission[]), {
    uniqueItems: true,
    description: 'Keys of the permission catalogue.',
  }),
}

export const listProfilesRoute = {
  ...api,
  operationId: 'listProfiles',
  summary: 'The profiles',
  response: {
    200: Type.Object({
      profiles: Type.Array(
        Type.Object({
          id: Type.String(),
          name: Type.String({ description: 'In English where it is a built-in one.' }),
          builtIn: Type.Boolean(),
          permissions: Type.Array(Type.String()),
          accounts: Type.Integer({ description: 'How many of the accounts within reach have it.' }),
          version: Type.Integer({ description: 'What a change must name, so that no change of somebody else is lost.' }),
          own: Type.Boolean({ description: 'Whether it is the profile of the caller.' }),
          mayChange: Type.Boolean({
            description: 'Whether the caller may change it, and remove it when no account has it.',
          }),
        }),
      ),
      mayCreate: Type.Boolean(),
    }),
    ...problems,
  },
}

export const listPermissionsRoute = {
  ...api,
  operationId: 'listPermissions',
  summary: 'The permission catalogue',
  response: {
    200: Type.Object({
      permissions: Type.Array(
        Type.Object({
          key: Type.String(),
          area: Type.String({ description: 'The part of the console that it is about.' }),
          mayGive: Type.Boolean({ description: 'Whether the caller has it, without which nobody gives it.' }),
        }),
      ),
    }),
    ...problems,
  },
}

export const createProfileRoute = {
  ...api,
  operationId: 'createProfile',
  summary: 'Create a profile with permissions that one has oneself',
  body: Type.Object(ProfileFields, { additionalProperties: false }),
  response: { 201: Type.Object({ id: Type.String() }), ...problems, 422: ProblemBody },
}

export const changeProfileRoute = {
  ...api,
  operationId: 'changeProfile',
  summary: 'Change a profile, which holds from the next request of whoever has it',
  params,
  body: Type.Object(
    { ...ProfileFields, version: Type.Integer({ minimum: 1, maximum: 2147483647 }) },
    { additionalProperties: false },
  ),
  response: { 204: Type.Null(), ...problems, 404: ProblemBody, 409: ProblemBody, 422: ProblemBody },
}

export const removeProfileRoute = {
  ...api,
  operationId: 'removeProfile',
  summary: 'Remove a profile that no account has',
  params,
  response: { 204: Type.Null(), ...problems, 404: ProblemBody, 409: ProblemBody },
}
