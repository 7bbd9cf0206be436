import { Type } from 'typebox'
import { FormBody, PageQuery, ProblemBody } from '../platform/schemas.ts'

/** What people type is checked in the use case and not here: an over-long password must be answered like a wrong one. */
const Typed = Type.String({ default: '' })

export const pageRoute = { hide: true, querystring: PageQuery }

export const logInRoute = {
  hide: true,
  body: FormBody({ username: Typed, password: Typed, next: Type.String({ default: '', maxLength: 2000 }) }),
}

export const choosePasswordRoute = {
  hide: true,
  body: FormBody({ username: Typed, newPassword: Typed, newPasswordAgain: Typed }),
}

/** A button: what it is about is in a cookie. */
export const buttonRoute = { hide: true, body: FormBody({}) }

export const languageRoute = {
  hide: true,
  querystring: Type.Object({ choose: Type.String({ maxLength: 10 }), back: Type.String({ default: '/', maxLength: 2000 }) }),
}

export const checkPasswordRoute = {
  operationId: 'checkPassword',
  summary: 'Which rules a new password would break',
  description: 'For the person who is logged in, or who has still to choose a password. Sets nothing and keeps nothing.',
  tags: ['password'],
  security: [{ session: [] }, {}],
  body: FormBody({ newPassword: Type.String() }),
  response: {
    200: Type.Object({ faults: Type.Array(Type.String({ description: 'A broken rule, such as `too_short`.' })) }),
    401: ProblemBody,
    403: ProblemBody,
    503: ProblemBody,
  },
}
