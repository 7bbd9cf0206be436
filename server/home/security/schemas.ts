import { Type } from 'typebox'
import { factorKinds } from '../../../contracts/factors.ts'
import { FormBody } from '../../platform/schemas.ts'

const Typed = Type.String({ default: '' })
const Factor = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })

export const securityRoute = {
  hide: true,
  querystring: Type.Object({
    done: Type.Optional(Type.String({ maxLength: 20 })),
    minutes: Type.Optional(Type.String({ maxLength: 4 })),
  }),
}
export const setUpRoute = { hide: true, querystring: Type.Object({ kind: Type.Optional(Type.String({ maxLength: 20 })) }) }
export const beginRoute = { hide: true, body: FormBody({ kind: Type.Enum([...factorKinds]) }) }
export const finishRoute = { hide: true, body: FormBody({ kind: Type.Enum(['totp', 'code_sheet'] as const), code: Typed }) }
export const removeRoute = { hide: true, body: FormBody({ factor: Factor }) }
export const renameRoute = { hide: true, body: FormBody({ factor: Factor, name: Type.String({ default: '', maxLength: 1000 }) }) }
export const passkeyRoute = { hide: true, body: FormBody({ answer: Typed }) }
