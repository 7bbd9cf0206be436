import { Type } from 'typebox'
import { FormBody, PageQuery, ProblemBody } from '../platform/schemas.ts'

/** What people type is checked in the use case and not here: an over-long password must be answered like a wrong one. */
const Typed = Type.String({ default: '' })

/** Whose sign-in the page was made for: the browser's cookie may be another person's by now. */
const Subject = { signIn: Type.String({ default: '', maxLength: 36 }) }

const Said = Type.Optional(Type.String({ maxLength: 10 }))

/** Beside the next page, what was done before, which the login page says. */
export const pageRoute = {
  hide: true,
  querystring: Type.Object({ ...PageQuery.properties, bye: Said, saved: Said, told: Said, again: Said }),
}

export const logInRoute = {
  hide: true,
  body: FormBody({
    username: Typed,
    password: Typed,
    next: Type.String({ default: '', maxLength: 2000 }),
    again: Type.Optional(
      Type.String({ maxLength: 10, description: 'Whether somebody who is logged in proves again who they are.' }),
    ),
  }),
}

export const choosePasswordRoute = {
  hide: true,
  body: FormBody({ ...Subject, username: Typed, newPassword: Typed, newPasswordAgain: Typed }),
}

/** A button that goes on with a sign-in. */
export const tryAgainRoute = {
  hide: true,
  body: FormBody({ ...Subject, step: Type.Enum(['other_session', 'seat']) }),
}

export const takeOverRoute = { hide: true, body: FormBody(Subject) }

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
  security: [{ session: [] }, {}] as Record<string, string[]>[],
  body: FormBody({ newPassword: Type.String() }),
  response: {
    200: Type.Object({ faults: Type.Array(Type.String({ description: 'A broken rule, such as `too_short`.' })) }),
    401: ProblemBody,
    403: ProblemBody,
    503: ProblemBody,
  },
}
