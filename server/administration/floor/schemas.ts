import { type TSchema, Type } from 'typebox'
import { refusalCauses } from '../../../contracts/account-groups.ts'
import { firstDaySteps } from '../../../contracts/first-day.ts'
import { ProblemBody } from '../../platform/schemas.ts'

const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const api = { tags: ['floor'], security: [{ session: [] }] }

export const readFloorRoute = {
  ...api,
  operationId: 'readFloor',
  summary: 'The floor at a glance, within reach: who is in by team, how the shift started, and what kept people out today',
  response: {
    200: Type.Object({
      teams: Type.Array(
        Type.Object({
          id: Nullable(Type.String({ description: 'Null for those without a team.' })),
          name: Nullable(Type.String()),
          people: Type.Integer({ description: 'Accounts that are not disabled.' }),
          inNow: Type.Integer(),
          inYesterday: Type.Integer({ description: 'How many were in yesterday at this time of the day.' }),
          inWeekAgo: Type.Integer({ description: 'The same a week ago.' }),
          supervisorsIn: Type.Array(Type.Object({ id: Type.String(), fullName: Type.String() })),
        }),
      ),
      refusals: Type.Array(
        Type.Object({ cause: Type.Enum([...refusalCauses]), times: Type.Integer() }, { description: 'Refused logins of today.' }),
      ),
      shiftStart: Nullable(
        Type.Object(
          {
            from: Type.String({ format: 'date-time' }),
            logins: Type.Array(Type.Integer()),
            weekAgo: Type.Array(Type.Integer()),
          },
          {
            description:
              'The busiest hour of today, minute by minute, and the same minutes a week ago; null when nobody has logged in.',
          },
        ),
      ),
    }),
    ...problems,
  },
}

export const readFirstDayRoute = {
  ...api,
  operationId: 'readFirstDay',
  summary: 'What the instance still needs before a floor works with it, each known by a fact',
  response: {
    200: Type.Object({
      steps: Type.Array(Type.Object({ step: Type.Enum([...firstDaySteps]), done: Type.Boolean() })),
      hasSupervisor: Type.Boolean({ description: 'Whether there is one, who may not have logged in yet.' }),
    }),
    ...problems,
  },
}

export const setUpInstanceRoute = {
  ...api,
  operationId: 'setUpInstance',
  summary: 'Set the language and the time zone of those who have none of their own',
  body: Type.Object(
    { language: Type.String({ maxLength: 100 }), timeZone: Type.String({ maxLength: 100 }) },
    { additionalProperties: false },
  ),
  response: { 204: Type.Null(), ...problems, 422: ProblemBody },
}
