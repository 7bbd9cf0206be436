import { Type } from 'typebox'
import { type ModuleKind, moduleKinds, signingAlgorithms } from '../../../contracts/modules.ts'
import { ProblemBody } from '../../platform/schemas.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const api = { tags: ['modules'], security: [{ session: [] }] }
const params = Type.Object({ id: Id })
const Address = Type.String({ maxLength: 4000 })
const Nullable = Type.Union([Address, Type.Null()])
const Kind = Type.Enum(Object.keys(moduleKinds) as ModuleKind[])

const ModuleFields = {
  name: Type.String({ maxLength: 1000 }),
  enabled: Type.Boolean(),
  address: Type.Union([Address, Type.Null()], { description: 'Where people open it.' }),
  onHome: Type.Boolean({ description: 'Whether it is among the tiles at home.' }),
  redirectAddresses: Type.Array(Address, { maxItems: 50, description: 'Where people are sent back to; compared exactly.' }),
  afterLogoutAddresses: Type.Array(Address, { maxItems: 50 }),
  logoutAddress: Type.Union([Address, Type.Null()], { description: 'Where it is told that a session has ended.' }),
  signing: Type.Enum([...signingAlgorithms]),
  withoutPkce: Type.Boolean({ description: 'Whether it may do without PKCE.' }),
  profiles: Type.Array(Id, { maxItems: 1000, description: 'Whoever has one of these profiles may use it.' }),
  teams: Type.Array(Id, { maxItems: 1000, description: 'Whoever is in one of these teams may use it.' }),
  landing: Type.Array(Id, {
    maxItems: 1000,
    default: [],
    description: 'Those of the profiles that land here after the login; they land at no other module any more.',
  }),
}

const Named = Type.Object({ id: Type.String(), name: Type.String() })
const Secret = Type.Object({ id: Type.String(), hint: Type.String({ description: 'How it begins.' }), createdAt: Type.String() })

export const listModulesRoute = {
  ...api,
  operationId: 'listModules',
  summary: 'The modules',
  response: {
    200: Type.Object({
      modules: Type.Array(
        Type.Object({
          ...ModuleFields,
          address: Nullable,
          logoutAddress: Nullable,
          id: Type.String(),
          clientId: Type.String({ description: 'What it is called in the protocol.' }),
          kind: Kind,
          version: Type.Integer({ description: 'What a change must name, so that no change of somebody else is lost.' }),
          secrets: Type.Array(Secret),
          lastUsedAt: Type.Union([Type.String(), Type.Null()], { description: 'When a session was last used there.' }),
          logouts: Type.Object(
            { delivered: Type.Integer(), waiting: Type.Integer(), failed: Type.Integer() },
            {
              description:
                'Of the ends of sessions within the last day: how many it was told of, has to be told of, would not hear of.',
            },
          ),
        }),
      ),
      choices: Type.Object(
        { profiles: Type.Array(Named), teams: Type.Array(Named) },
        { description: 'Everybody that a module can be given to.' },
      ),
      issuer: Type.String({ description: 'The address at which modules sign in.' }),
      mayManage: Type.Boolean(),
    }),
    ...problems,
  },
}

export const createModuleRoute = {
  ...api,
  operationId: 'createModule',
  summary: 'Register a module',
  body: Type.Object({ kind: Kind, ...ModuleFields }, { additionalProperties: false }),
  response: {
    201: Type.Object({
      id: Type.String(),
      clientId: Type.String(),
      secret: Type.Union([Type.String(), Type.Null()], { description: 'Shown this once.' }),
    }),
    ...problems,
    422: ProblemBody,
  },
}

export const changeModuleRoute = {
  ...api,
  operationId: 'changeModule',
  summary: 'Change a module',
  params,
  body: Type.Object(
    { ...ModuleFields, version: Type.Integer({ minimum: 1, maximum: 2147483647 }) },
    { additionalProperties: false },
  ),
  response: { 204: Type.Null(), ...problems, 404: ProblemBody, 409: ProblemBody, 422: ProblemBody },
}

export const removeModuleRoute = {
  ...api,
  operationId: 'removeModule',
  summary: 'Remove a module, with all that was handed out to it',
  params,
  response: { 204: Type.Null(), ...problems, 404: ProblemBody },
}

export const giveModuleSecretRoute = {
  ...api,
  operationId: 'giveModuleSecret',
  summary: 'Give a module another secret, valid beside the one that it has',
  params,
  response: { 201: Type.Object({ secret: Type.String() }), ...problems, 404: ProblemBody, 409: ProblemBody },
}

export const takeModuleSecretBackRoute = {
  ...api,
  operationId: 'takeModuleSecretBack',
  summary: 'Take a secret back, and all that was handed out to the module',
  params: Type.Object({ id: Id, secretId: Id }),
  response: { 204: Type.Null(), ...problems, 404: ProblemBody },
}

export const listLogoutDeliveriesRoute = {
  ...api,
  operationId: 'listLogoutDeliveries',
  summary: 'What a module was told of ends of sessions, the latest first',
  params,
  response: {
    200: Type.Object({
      deliveries: Type.Array(
        Type.Object({
          endedAt: Type.String(),
          reason: Type.String(),
          state: Type.String(),
          tries: Type.Integer(),
          nextAt: Type.Union([Type.String(), Type.Null()]),
          doneAt: Type.Union([Type.String(), Type.Null()]),
          answer: Type.Union([Type.String(), Type.Null()], {
            description: 'What it said at the last try: an HTTP status, or why it could not be asked.',
          }),
        }),
      ),
    }),
    ...problems,
    404: ProblemBody,
  },
}

export const listModuleRefusalsRoute = {
  ...api,
  operationId: 'listModuleRefusals',
  summary: 'What a module asked for and was refused, the latest first',
  params,
  response: {
    200: Type.Object({
      refusals: Type.Array(
        Type.Object({
          error: Type.String({ description: 'The code of the standard, such as invalid_redirect_uri.' }),
          offered: Type.Union([Type.String(), Type.Null()], { description: 'What the module said, such as an address.' }),
          times: Type.Integer(),
          firstAt: Type.String(),
          lastAt: Type.String(),
          mayTakeOver: Type.Boolean({ description: 'Whether it is an address that could be registered as one to come back to.' }),
        }),
      ),
    }),
    ...problems,
    404: ProblemBody,
  },
}
