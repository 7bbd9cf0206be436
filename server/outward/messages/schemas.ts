import { type TSchema, Type } from 'typebox'
import { ProblemBody } from '../../platform/schemas.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const Moment = Type.String({ format: 'date-time' })
const State = Type.Enum(['waiting', 'sent', 'failed', 'void'], {
  description: 'void: something newer took its place before it left.',
})
const LastError = Nullable(Type.String({ description: 'What the mail server said to the last attempt, in its words.' }))

const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const api = { tags: ['messages'], security: [{ session: [] }] }

export const listMessagesRoute = {
  ...api,
  operationId: 'listMessages',
  summary: 'The messages to accounts within reach, latest first',
  querystring: Type.Object({
    state: Type.Optional(State),
    page: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,5}$' })),
    size: Type.Optional(Type.String({ pattern: '^([1-9]\\d?|[1-4]\\d\\d|500)$' })),
  }),
  response: {
    200: Type.Object({
      messages: Type.Array(
        Type.Object({
          id: Type.String(),
          account: Type.Object({ id: Type.String(), username: Type.String(), fullName: Type.String() }),
          kind: Type.String(),
          to: Type.String(),
          state: State,
          attempts: Type.Integer(),
          lastError: LastError,
          createdAt: Moment,
          sentAt: Nullable(Moment),
          nextTryAt: Nullable(Type.String({ format: 'date-time', description: 'By when it is tried again at the latest.' })),
        }),
      ),
      total: Type.Integer(),
    }),
    ...problems,
  },
}

export const retryMessageRoute = {
  ...api,
  operationId: 'retryMessage',
  summary: 'Try a message that has failed for another day',
  description: 'With a new initial password, which voids the former.',
  params: Type.Object({ id: Id }),
  body: Type.Object({}, { additionalProperties: false }),
  response: { 204: Type.Null(), ...problems, 404: ProblemBody, 409: ProblemBody },
}

export const testMailRoute = {
  ...api,
  operationId: 'testMail',
  summary: 'Send a test message to an address, and say what the mail server answered',
  description: 'At most ten an hour for each account.',
  body: Type.Object({ email: Type.String({ maxLength: 254 }) }, { additionalProperties: false }),
  response: {
    200: Type.Object({
      outcome: Type.Enum(['sent', 'file', 'silent', 'unsafe', 'login', 'sender', 'recipient', 'other'], {
        description:
          'sent: the mail server took it. file: there is no mail server. The others say what kept it from leaving: nobody answers, no ' +
          'safe connection, the login at the mail server, the address that it is from or goes to, or something else.',
      }),
      said: Type.String({ description: 'The mail server’s own words, or the name of the file.' }),
    }),
    ...problems,
    422: ProblemBody,
    429: ProblemBody,
  },
}

export const mailStatusRoute = {
  ...api,
  operationId: 'mailStatus',
  summary: 'Where messages go',
  response: {
    200: Type.Object({
      mail: Type.Enum(['smtp', 'files'], {
        description: 'To a mail server, or, as none is set up, into files that somebody has to look for.',
      }),
    }),
    ...problems,
  },
}
