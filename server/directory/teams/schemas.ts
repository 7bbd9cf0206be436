import { Type } from 'typebox'
import { ProblemBody } from '../../platform/schemas.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const api = { tags: ['teams'], security: [{ session: [] }] }
const params = Type.Object({ id: Id })

const TeamFields = {
  name: Type.String({ maxLength: 1000 }),
  supervisors: Type.Array(Id, { maxItems: 100, uniqueItems: true, description: 'Accounts, by id.' }),
}

const warnings = Type.Array(
  Type.Object({
    accountId: Type.String(),
    code: Type.Literal('supervisor_without_view', {
      description: 'The account supervises the team now, but its profile does not let it see accounts.',
    }),
  }),
)

export const listTeamsRoute = {
  ...api,
  operationId: 'listTeams',
  summary: 'The teams within reach',
  response: {
    200: Type.Object({
      teams: Type.Array(
        Type.Object({
          id: Type.String(),
          name: Type.String(),
          version: Type.Integer({ description: 'What a change must name, so that no change of somebody else is lost.' }),
          members: Type.Integer(),
          supervisors: Type.Array(
            Type.Object({
              id: Type.String(),
              username: Type.String(),
              fullName: Type.String(),
              mayChange: Type.Boolean({
                description: 'Whether the account is within reach and has no permission that the caller lacks.',
              }),
              mayView: Type.Boolean({ description: 'Whether its profile lets it see accounts.' }),
            }),
          ),
        }),
      ),
      mayManage: Type.Boolean(),
      self: Type.Object(
        { id: Type.String(), mustSupervise: Type.Boolean() },
        { description: 'The caller, who must supervise every team that they manage, unless they reach all.' },
      ),
    }),
    ...problems,
  },
}

export const createTeamRoute = {
  ...api,
  operationId: 'createTeam',
  summary: 'Create a team',
  body: Type.Object(TeamFields, { additionalProperties: false }),
  response: { 201: Type.Object({ id: Type.String(), warnings }), ...problems, 422: ProblemBody },
}

export const changeTeamRoute = {
  ...api,
  operationId: 'changeTeam',
  summary: 'Give a team another name or other supervisors',
  params,
  body: Type.Object(
    { ...TeamFields, version: Type.Integer({ minimum: 1, maximum: 2147483647 }) },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ warnings }), ...problems, 404: ProblemBody, 409: ProblemBody, 422: ProblemBody },
}

export const removeTeamRoute = {
  ...api,
  operationId: 'removeTeam',
  summary: 'Remove a team that nobody is in',
  params,
  response: { 204: Type.Null(), ...problems, 404: ProblemBody, 409: ProblemBody },
}
