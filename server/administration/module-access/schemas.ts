import { Type } from 'typebox'
import { accessChecks } from '../../../contracts/modules.ts'
import { ProblemBody } from '../../platform/schemas.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const api = { tags: ['modules'], security: [{ session: [] }] }
const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody, 404: ProblemBody }

const Access = Type.Object({
  id: Type.String(),
  name: Type.String(),
  signsIn: Type.Boolean({ description: 'Whether a sign-in there would succeed now.' }),
  checks: Type.Array(
    Type.Object({
      check: Type.Enum([...accessChecks]),
      passes: Type.Boolean(),
      by: Type.Array(Type.String(), { description: 'The profile and the team by which it is theirs.' }),
    }),
  ),
})

export const explainModuleAccessRoute = {
  ...api,
  operationId: 'explainModuleAccess',
  summary: 'Why somebody can or cannot use each module',
  params: Type.Object({ id: Id }),
  response: { 200: Type.Object({ modules: Type.Array(Access) }), ...problems },
}

export const previewModuleClaimsRoute = {
  ...api,
  operationId: 'previewModuleClaims',
  summary: 'What a module would hear of somebody, by scope; hands out no token',
  params: Type.Object({ id: Id, accountId: Id }),
  response: {
    200: Type.Object({
      access: Access,
      scopes: Type.Array(Type.Object({ scope: Type.String(), claims: Type.Record(Type.String(), Type.Unknown()) })),
    }),
    ...problems,
  },
}
