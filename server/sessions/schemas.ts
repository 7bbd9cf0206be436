import { Type } from 'typebox'
import { FormBody, ProblemBody } from '../platform/schemas.ts'

export const logOutRoute = { hide: true, body: FormBody({}) }

export const currentSessionRoute = {
  operationId: 'currentSession',
  summary: 'Who is logged in in this browser',
  tags: ['session'],
  security: [{ session: [] }],
  response: {
    200: Type.Object({
      accountId: Type.String(),
      username: Type.String(),
      fullName: Type.String(),
      profile: Type.String(),
      timeZone: Type.String({ description: 'The time zone of the person, such as `America/Montevideo`.' }),
      permissions: Type.Array(Type.String()),
      startedAt: Type.String({ format: 'date-time' }),
      authTime: Type.String({ format: 'date-time', description: 'When the person last proved who they are.' }),
      amr: Type.Array(Type.String(), { description: 'By which methods, in the words of RFC 8176, such as `pwd`.' }),
      device: Type.String({
        description: 'What the browser called itself at login, such as "Chrome, Windows"; empty when it did not say.',
      }),
      address: Type.String({ description: 'The address that the login came from.' }),
      formToken: Type.String({
        description:
          'What every request that changes something must carry, in the header `x-form-token` or in its body under this name.',
      }),
    }),
    401: ProblemBody,
  },
}

export const aliveRoute = {
  operationId: 'alive',
  summary: 'A sign of life of a page that is open and has no live channel',
  description:
    'Keeps the session from giving way to another login. It is no action of a person, so it does not put off the idle end. Whoever sends it holds no live channel (any more), so losing one later means nothing.',
  tags: ['session'],
  security: [{ session: [] }],
  body: FormBody({}),
  response: {
    200: Type.Object({
      warning: Type.Union([
        Type.Object({
          kind: Type.Enum(['idle', 'longest'], {
            description: 'Whether nobody does anything, or the longest time is nearly over.',
          }),
          seconds: Type.Integer({ description: 'How long the session still lasts.' }),
        }),
        Type.Null(),
      ]),
    }),
    401: ProblemBody,
    403: ProblemBody,
  },
}

export const stayRoute = {
  operationId: 'stay',
  summary: 'Stay logged in',
  description: 'An action of a person, so it puts off the idle end.',
  tags: ['session'],
  security: [{ session: [] }],
  body: FormBody({}),
  response: { 204: Type.Null(), 401: ProblemBody, 403: ProblemBody },
}
