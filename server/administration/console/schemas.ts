import { Type } from 'typebox'

export const screenRoute = { hide: true, params: Type.Object({ '*': Type.String({ maxLength: 2000 }) }) }
export const fileRoute = { hide: true, params: Type.Object({ name: Type.String({ maxLength: 200 }) }) }
