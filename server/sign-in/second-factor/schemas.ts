import { Type } from 'typebox'
import { factorKinds } from '../../../contracts/factors.ts'
import { FormBody, ProblemBody } from '../../platform/schemas.ts'

const Subject = { signIn: Type.String({ default: '', maxLength: 36 }) }
// What people type is judged in the use case: an over-long code is a wrong one.
const Typed = Type.String({ default: '' })
const CodeKind = Type.Enum(['totp', 'code_sheet'] as const)

export const secondFactorRoute = {
  hide: true,
  querystring: Type.Object({ use: Type.Optional(Type.String({ maxLength: 20 })) }),
}
export const proveRoute = { hide: true, body: FormBody({ ...Subject, kind: CodeKind, code: Typed }) }
export const passkeyRoute = { hide: true, body: FormBody({ ...Subject, answer: Typed }) }
export const passkeyLoginRoute = {
  hide: true,
  body: FormBody({
    answer: Typed,
    next: Type.String({ default: '', maxLength: 2000 }),
    again: Type.Optional(Type.String({ maxLength: 10 })),
  }),
}
export const passkeyOptionsRoute = {
  operationId: 'passkeyOptions',
  summary: 'What a browser’s passkeys are asked at the login page',
  description: 'The same for everybody: whichever passkey the browser has for this host name. Nothing is kept of it.',
  tags: ['session'],
  security: [{}] as Record<string, string[]>[],
  response: {
    200: Type.Object({
      challenge: Type.String(),
      rpId: Type.String(),
      userVerification: Type.Literal('required'),
      allowCredentials: Type.Array(Type.Unsafe<never>(Type.Object({}))),
      timeout: Type.Integer(),
    }),
  },
}
export const askRoute = { hide: true, body: FormBody(Subject) }
export const waitRoute = { hide: true, querystring: Type.Object({ signIn: Type.Optional(Type.String({ maxLength: 36 })) }) }
export const enrolmentRoute = { hide: true, querystring: Type.Object({ kind: Type.Optional(Type.String({ maxLength: 20 })) }) }
export const beginRoute = { hide: true, body: FormBody({ ...Subject, kind: Type.Enum([...factorKinds]) }) }

export const vouchStandingRoute = {
  operationId: 'vouchStanding',
  summary: 'Whether a supervisor has vouched for the sign-in that waits in this browser',
  tags: ['session'],
  security: [{}] as Record<string, string[]>[],
  response: {
    200: Type.Object({ state: Type.Enum(['waits', 'vouched', 'over'] as const) }),
    403: ProblemBody,
  },
}
