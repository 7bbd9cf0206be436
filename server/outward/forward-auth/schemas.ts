import { Type } from 'typebox'
import { proxyKinds } from './forwarded.ts'

/** Asked by proxies, and described in docs/modules.md. */
export const checkRoute = { hide: true, params: Type.Object({ proxy: Type.Enum([...proxyKinds]) }) }

/** What leads people from host to host may carry anything; what counts is looked at one by one. */
const Text = Type.Optional(Type.String({ maxLength: 8000 }))
const anything = { additionalProperties: true }
export const startRoute = { hide: true, querystring: Type.Object({ to: Text }, anything) }
export const callbackRoute = { hide: true, querystring: Type.Object({ code: Text }, anything) }
export const signInRoute = { hide: true, querystring: Type.Object({ intent: Text, after: Text }, anything) }
export const troubleRoute = { hide: true, querystring: Type.Object({ why: Text, module: Text }, anything) }
