import { Type } from 'typebox'
import { FormBody, PageQuery } from '../platform/schemas.ts'

const Typed = Type.String({ default: '' })

export const pageRoute = {
  hide: true,
  querystring: Type.Object({
    done: Type.Optional(Type.String({ maxLength: 20 })),
    find: Type.Optional(Type.String({ maxLength: 200 })),
    ...PageQuery.properties,
  }),
}
export const languagePageRoute = {
  hide: true,
  querystring: Type.Object({ language: Type.Optional(Type.String({ maxLength: 10 })), ...PageQuery.properties }),
}
export const wellKnownRoute = { hide: true }
export const changePasswordRoute = {
  hide: true,
  body: FormBody({ username: Typed, currentPassword: Typed, newPassword: Typed, newPasswordAgain: Typed }),
}
export const changeLanguageRoute = { hide: true, body: FormBody({ language: Type.String({ maxLength: 10 }) }) }
