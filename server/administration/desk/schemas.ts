import { type TSchema, Type } from 'typebox'
import { type Mend, mends, personStates } from '../../../contracts/desk.ts'
import { ProblemBody } from '../../platform/schemas.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const Named = Type.Object({ id: Type.String(), name: Type.String() })
const Moment = Type.String({ format: 'date-time' })
const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const api = { tags: ['desk'], security: [{ session: [] }] }
const params = Type.Object({ id: Id })

export const findPeopleRoute = {
  ...api,
  operationId: 'findPeople',
  summary: 'The people within reach whose name, username or email address holds some letters, and how each stands',
  querystring: Type.Object({ search: Type.String({ minLength: 2, maxLength: 200 }) }),
  response: {
    200: Type.Object({
      people: Type.Array(
        Type.Object({
          id: Type.String(),
          username: Type.String(),
          fullName: Type.String(),
          profile: Named,
          team: Nullable(Named),
          states: Type.Array(
            Type.Object({
              state: Type.Enum([...personStates]),
              at: Nullable(
                Type.String({
                  format: 'date-time',
                  description: 'Until when somebody has to wait, since when logged in, or when the login opens again.',
                }),
              ),
            }),
            { description: 'What is in the way of a login at this moment, in the order of a login; empty when nothing is.' },
          ),
          session: Nullable(
            Type.Object({
              startedAt: Moment,
              silentSeconds: Type.Integer({ description: 'How long ago the last sign of life came.' }),
              silent: Type.Boolean({
                description: 'Whether it shows no sign of life: its browser was closed, or none came for a minute.',
              }),
              device: Type.String(),
              address: Type.String(),
            }),
          ),
          mayAct: Type.Boolean({
            description: 'Whether it is not the own account, and has no permission that the caller lacks.',
          }),
        }),
        { description: 'Twenty at the most, by name.' },
      ),
      total: Type.Integer({ description: 'How many there are.' }),
    }),
    ...problems,
  },
}

export const loginChecksRoute = {
  ...api,
  operationId: 'loginChecks',
  summary: 'Why can’t they log in? Every check of a login in its order, and what mends it',
  description:
    'Asked of the code that a login goes through, for a login with the right password in a browser that nobody knows; what it writes is undone, and so it is no GET.',
  params,
  response: {
    200: Type.Object({
      account: Type.Object({ id: Type.String(), username: Type.String(), fullName: Type.String() }),
      outcome: Type.String({ description: 'What such a login would meet: the code of the first check in its way, or logs_in.' }),
      checks: Type.Array(
        Type.Object({
          check: Type.String({
            description: 'What is asked: address, attempts, enabled, password; then the steps of a sign-in, in their order.',
          }),
          answer: Type.Enum(['passes', 'stops', 'asks', 'unknown'], {
            description: 'asks: the login goes on by choosing a password. unknown: it cannot be known from here.',
          }),
          code: Nullable(Type.String({ description: 'What is the matter.' })),
          at: Nullable(Moment),
          words: Nullable(
            Type.String({ description: 'Why it was disabled; or the device and the address of the other session.' }),
          ),
          mend: Nullable(
            Type.Object({
              act: Type.Enum(Object.keys(mends) as Mend[]),
              permitted: Type.Boolean({ description: 'Whether the caller may do it.' }),
            }),
          ),
        }),
      ),
      ownBrowserIsFree: Type.Boolean({
        description: 'Whether a browser in which the person logged in before may try, although others have to wait.',
      }),
      mayGivePassword: Type.Boolean({ description: 'Whether the caller may make a new initial password.' }),
    }),
    ...problems,
    404: ProblemBody,
  },
}

export const unlockAccountRoute = {
  ...api,
  operationId: 'unlockAccount',
  summary: 'End the waits of an account after wrong passwords',
  description: 'The count of wrong passwords stays: after the last one only a new password helps (attempts_used_up).',
  params,
  body: Type.Object({}, { additionalProperties: false }),
  response: {
    200: Type.Object({ unlocked: Type.Boolean({ description: 'Whether there was a wait to end.' }) }),
    ...problems,
    404: ProblemBody,
    409: ProblemBody,
  },
}

export const extendAccountRoute = {
  ...api,
  operationId: 'extendAccount',
  summary: 'Let an account whose dates keep it out be valid from today, or for some days more',
  params,
  body: Type.Object(
    { days: Type.Integer({ minimum: 0, maximum: 31, description: 'How many after today, in the person’s time zone.' }) },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object({ extended: Type.Boolean({ description: 'Whether the dates were in the way.' }) }),
    ...problems,
    404: ProblemBody,
    409: ProblemBody,
  },
}
