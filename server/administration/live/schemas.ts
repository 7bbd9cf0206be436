import { type TSchema, Type } from 'typebox'
import { ProblemBody } from '../../platform/schemas.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const Named = Type.Object({ id: Type.String(), name: Type.String() })
const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const api = { tags: ['live'], security: [{ session: [] }] }

export const listSessionsRoute = {
  ...api,
  operationId: 'listSessions',
  summary: 'Who is logged in, within reach',
  querystring: Type.Object({
    search: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'Words, each of which is part of the username, the name or the email address.',
      }),
    ),
    team: Type.Optional(Type.Union([Id, Type.Literal('none')])),
    sort: Type.Optional(Type.Enum(['fullName', 'startedAt', 'lastSeenAt'])),
    direction: Type.Optional(Type.Enum(['asc', 'desc'])),
    page: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,5}$' })),
    size: Type.Optional(Type.String({ pattern: '^([1-9]\\d?|[1-4]\\d\\d|500)$' })),
  }),
  response: {
    200: Type.Object({
      sessions: Type.Array(
        Type.Object({
          accountId: Type.String(),
          username: Type.String(),
          fullName: Type.String(),
          profile: Named,
          team: Nullable(Named),
          startedAt: Type.String({ format: 'date-time' }),
          lastSeenAt: Type.String({ format: 'date-time', description: 'The last sign of life.' }),
          device: Type.String({ description: 'What the browser called itself at login; empty when it did not say.' }),
          address: Type.String({ description: 'The address that the login came from.' }),
          mayEnd: Type.Boolean({
            description: 'Whether it is not the own one, and its account has no permission that the caller lacks.',
          }),
        }),
      ),
      total: Type.Integer(),
      teams: Type.Array(Named, { description: 'The teams within reach.' }),
      reachesAllTeams: Type.Boolean({ description: 'Whether these are all who are logged in.' }),
    }),
    ...problems,
  },
}

export const listSessionsOfRoute = {
  ...api,
  operationId: 'listSessionsOf',
  summary: 'The last sessions of one account, the latest first',
  params: Type.Object({ id: Id }),
  response: {
    200: Type.Object({
      sessions: Type.Array(
        Type.Object({
          startedAt: Type.String({ format: 'date-time' }),
          endedAt: Nullable(Type.String({ format: 'date-time', description: 'Null while it lives.' })),
          endReason: Nullable(Type.String()),
          device: Type.String(),
          address: Type.String(),
        }),
      ),
    }),
    ...problems,
  },
}

export const seatsRoute = {
  ...api,
  operationId: 'seats',
  summary: 'How the seats of the instance are used, now and today',
  description: 'At most two seconds old.',
  response: {
    200: Type.Object({
      seats: Nullable(Type.Integer({ description: 'How many sessions may live at once; null means no limit.' })),
      seatReserve: Type.Integer({ description: 'How many more, for Administrators.' }),
      overlapPercent: Type.Integer({ description: 'How many more per cent of the seats at a change of shifts.' }),
      overlapMinutes: Type.Integer({ description: 'On how many minutes of a day.' }),
      inUse: Type.Integer(),
      peakToday: Type.Integer({ description: 'The most at once since the day of the instance began.' }),
      refusalsToday: Type.Integer({ description: 'How many logins found no seat.' }),
      quarters: Type.Array(
        Type.Object({
          from: Type.String({ format: 'date-time' }),
          peak: Type.Integer({ description: 'The most at once in this quarter of an hour.' }),
          refusals: Type.Integer(),
        }),
        { description: 'From the beginning of the day to now.' },
      ),
    }),
    ...problems,
  },
}

export const seatsWeekAgoRoute = {
  ...api,
  operationId: 'seatsWeekAgo',
  summary: 'How the seats of the instance were used on the same day of the last week',
  response: {
    200: Type.Object({
      quarters: Type.Array(Type.Object({ from: Type.String({ format: 'date-time' }), peak: Type.Integer() })),
    }),
    ...problems,
  },
}

export const endAllSessionsRoute = {
  ...api,
  operationId: 'endAllSessions',
  summary: 'End every session within reach but the own one',
  description: 'Whoever logs in meanwhile stays in, and so do accounts that have a permission which the caller lacks.',
  body: Type.Object(
    { reason: Type.String({ maxLength: 200, description: 'What the people read on the screen that has ended; may be empty.' }) },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ done: Type.Integer({ description: 'How many sessions were ended.' }) }), ...problems },
}

export const endSessionsRoute = {
  ...api,
  operationId: 'endSessions',
  summary: 'End the sessions of accounts',
  body: Type.Object(
    {
      accountIds: Type.Array(Id, { minItems: 1, maxItems: 1000, uniqueItems: true }),
      reason: Type.String({ maxLength: 200, description: 'What the people read on the screen that has ended; may be empty.' }),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object({
      done: Type.Integer({ description: 'How many sessions were ended; who had none is not counted.' }),
      refused: Type.Array(
        Type.Object(
          { accountId: Type.String(), code: Type.String() },
          { description: 'An account to which nothing was done, and why.' },
        ),
      ),
    }),
    ...problems,
  },
}
