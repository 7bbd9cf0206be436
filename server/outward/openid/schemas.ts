import { Type } from 'typebox'
import { FormBody } from '../../platform/schemas.ts'
import { endSessionParameters } from './end-session.ts'

/** Described by its discovery document, and read by the library. */
export const protocolRoute = { hide: true }

const Said = Type.Optional(Type.String({ maxLength: 100 }))

export const goOnRoute = {
  hide: true,
  params: Type.Object({ uid: Type.String({ maxLength: 100 }) }),
  querystring: Type.Object({ now: Said }),
}

export const showCodeRoute = { hide: true, querystring: Type.Object({ user_code: Said }) }
export const enterCodeRoute = { hide: true, body: FormBody({ user_code: Said, confirm: Said, abort: Said }) }

/** What a module sends may hold anything; what counts is read one by one, and what stands there twice is refused. */
const Anything = Type.Object({}, { additionalProperties: true })
export const endSessionRoute = { asked: { hide: true, querystring: Anything }, sent: { hide: true, body: Anything } }
const Kept = Type.Optional(Type.String({ maxLength: 8000 }))
export const confirmEndSessionRoute = {
  hide: true,
  body: FormBody(
    Object.fromEntries(endSessionParameters.map((name) => [name, Kept])) as Record<
      (typeof endSessionParameters)[number],
      typeof Kept
    >,
  ),
}
