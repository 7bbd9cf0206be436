import { Type } from 'typebox'
import { SlipBody } from '../administration/users/slip-body.ts'
import { FormBody, PageQuery, ProblemBody } from '../platform/schemas.ts'

/** What people type is checked in the use case and not here: every username must be answered alike. */
const Typed = Type.String({ default: '' })
const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const Named = Type.Object({ id: Type.String(), name: Type.String() })

export const forgotPasswordPageRoute = {
  hide: true,
  querystring: Type.Object({ asked: Type.Optional(Type.String({ maxLength: 10 })), ...PageQuery.properties }),
}
export const forgotPasswordRoute = { hide: true, body: FormBody({ username: Typed }) }

export const recoverPageRoute = {
  hide: true,
  querystring: Type.Object({ token: Type.Optional(Type.String({ maxLength: 2000 })) }),
}
export const recoverRoute = {
  hide: true,
  /** `link`: for which the page was made; the browser's cookie may hold another person's by now. */
  body: FormBody({
    link: Type.String({ default: '', maxLength: 36 }),
    username: Typed,
    newPassword: Typed,
    newPasswordAgain: Typed,
  }),
}

export const checkRecoveryPasswordRoute = {
  operationId: 'checkRecoveryPassword',
  summary: 'Which rules a new password would break, for who has opened a recovery link',
  description: 'Sets nothing, keeps nothing and uses nothing up.',
  tags: ['password'],
  body: FormBody({ newPassword: Type.String() }),
  response: {
    200: Type.Object({ faults: Type.Array(Type.String({ description: 'A broken rule, such as `too_short`.' })) }),
    403: ProblemBody,
    410: ProblemBody,
    503: ProblemBody,
  },
}

const api = { tags: ['recovery'], security: [{ session: [] }] }
const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const params = Type.Object({ id: Id })
const Moment = Type.String({ format: 'date-time' })

export const listRecoveryRequestsRoute = {
  ...api,
  operationId: 'listRecoveryRequests',
  summary: 'The recovery requests within reach that wait for an answer',
  description:
    'People without an email address who forgot their password. A request is for the supervisors of the person’s team; without a team, or where nobody else supervises it, for those who reach every team.',
  response: {
    200: Type.Object({
      requests: Type.Array(
        Type.Object({
          id: Type.String(),
          account: Type.Object({
            id: Type.String(),
            username: Type.String(),
            fullName: Type.String(),
            team: Type.Union([Named, Type.Null()]),
          }),
          openedAt: Moment,
          askedAt: Type.String({ format: 'date-time', description: 'The last time that it was asked for.' }),
          asked: Type.Integer({ description: 'How often it was asked for.' }),
          expiresAt: Moment,
          device: Type.String({ description: 'From where it was asked for the last time, as the browser called itself.' }),
          address: Type.String(),
          isMine: Type.Boolean({ description: 'Whether it is for the caller, and not for other supervisors.' }),
        }),
      ),
    }),
    ...problems,
  },
}

export const answerRecoveryRequestRoute = {
  ...api,
  operationId: 'answerRecoveryRequest',
  summary: 'Make a new initial password for the person of a request and answer it once',
  description: 'Voids the password of the account, and ends its session. Of two callers one gets the slip.',
  params,
  body: Type.Object({}, { additionalProperties: false }),
  response: { 200: Type.Object({ slip: SlipBody }), ...problems, 404: ProblemBody, 409: ProblemBody },
}

export const refuseRecoveryRequestRoute = {
  ...api,
  operationId: 'refuseRecoveryRequest',
  summary: 'Refuse a recovery request',
  params,
  body: Type.Object(
    { reason: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', description: 'For the audit.' }) },
    { additionalProperties: false },
  ),
  response: { 204: Type.Null(), ...problems, 404: ProblemBody, 409: ProblemBody },
}
