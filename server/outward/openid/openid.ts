// OpenID Connect: how modules sign in. Each instance is an issuer at its own address; the one session is Gatehouse's, and what is handed
// out dies with it. Owns openid_item and signing_key. docs/decisions/0021-modules-sign-in-by-openid-connect.md

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { callerOf } from '../../platform/caller.ts'
import { clearCookie } from '../../platform/cookie.ts'
import { formToken } from '../../platform/forms.ts'
import { renderPage, sendPage } from '../../platform/page.ts'
import { type Policy, permit, personalPage, publicPage } from '../../platform/policy.ts'
import { sessionCookie } from '../../sessions/cookie.ts'
import { endOwnSession } from '../../sessions/sessions.ts'
import { acrOf } from './claims.ts'
import { type EndSessionRequest, endSessionParameters, readEndSession } from './end-session.ts'
import { codeTakenPage, confirmCodePage, confirmLogoutPage, enterCodePage, goOnPage, refusedPage } from './pages.ts'
import { openProviders, type PoolNeeds } from './pool.ts'
import { cookieNames, errors, routes } from './provider.ts'
import { openRefusals, type Refusal } from './refusals.ts'
import { knownInRequest, withRequest } from './request.ts'
import { confirmEndSessionRoute, endSessionRoute, enterCodeRoute, goOnRoute, protocolRoute, showCodeRoute } from './schemas.ts'
import { sidOf } from './sid.ts'

export { itemTidying } from './item-store.ts'
export { signLogoutToken } from './logout-token.ts'
export { sidOf } from './sid.ts'
export { readSigningKeys, rotateKeys, type SigningKey } from './signing-keys.ts'

/** What other programs send, and what leads people here from other sites: proven by the protocol, and nobody's action. */
const ofProtocol = { policy: { caller: 'anybody', form: 'protocol', answers: 'json', automatic: true } } as const satisfies {
  policy: Policy
}
/** The same, where a page can be answered whose only form goes to a module that is registered for it. */
const toModules = { policy: { ...ofProtocol.policy, csp: { 'form-action': ['https:', 'http:'] } } } as const satisfies {
  policy: Policy
}

const documents = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', routes.jwks]
const asked = [
  routes.token,
  routes.userinfo,
  routes.introspection,
  routes.revocation,
  routes.pushed_authorization_request,
  routes.device_authorization,
]

export type OpenidNeeds = Omit<PoolNeeds, 'pages' | 'onError'>

export function openid(needs: OpenidNeeds): FastifyPluginAsyncTypebox {
  const { database, keys } = needs
  const known = knownInRequest
  const remember = openRefusals(database)
  let log: FastifyBaseLogger
  const providerOf = openProviders({
    ...needs,
    onError: (error) => log.error({ err: error }),
    pages: {
      refused: ({ error }) => renderPage(known().view, refusedPage(known().view, { error, reference: known().reference })),
      enterCode: (wrong) => renderPage(known().view, enterCodePage(known().view, { formToken: known().formToken!, wrong })),
      confirmCode: (module, userCode) =>
        renderPage(
          known().view,
          confirmCodePage(known().view, {
            formToken: known().formToken!,
            module,
            userCode,
            person: known().session!.fullName,
          }),
        ),
      codeTaken: () => renderPage(known().view, codeTakenPage(known().view)),
    },
  })

  return async (app) => {
    log = app.log
    await app.register(async (own) => {
      // The library reads bodies by itself, and refuses those over 56 KiB.
      own.removeAllContentTypeParsers()
      own.addContentTypeParser('*', (_request, _payload, done) => done(null))
      for (const url of documents) own.get(url, { schema: protocolRoute, config: ofProtocol }, handOver)
      for (const url of asked) own.post(url, { schema: protocolRoute, config: ofProtocol }, handOver)
      own.get(routes.userinfo, { schema: protocolRoute, config: ofProtocol }, handOver)
      for (const url of [...documents, ...asked]) own.options(url, { schema: protocolRoute, config: ofProtocol }, handOver)
      own.get(routes.authorization, { schema: protocolRoute, config: toModules }, handOver)
      own.post(routes.authorization, { schema: protocolRoute, config: toModules }, handOver)
      own.get(`${routes.authorization}/:uid`, { schema: goOnRoute, config: toModules }, goOn)
    })

    app.get(routes.code_verification, { schema: showCodeRoute, config: personalPage }, async (request, reply) => {
      const { user_code: userCode } = request.query
      const page = { formToken: formToken(request, reply, keys.form), wrong: false, ...(userCode !== undefined && { userCode }) }
      return sendPage(request, reply, 200, enterCodePage(request.view, page))
    })
    app.post(routes.code_verification, { schema: enterCodeRoute, config: personalPage }, async (request, reply) => {
      const token = formToken(request, reply, keys.form)
      // The library has a value of its own for its forms; ours has been checked.
      Object.assign(request.raw, { body: { ...request.body, xsrf: token } })
      return handOver(request, reply, token)
    })

    app.get(routes.end_session, { schema: endSessionRoute.asked, config: ofProtocol }, (request, reply) =>
      endSession(request, reply, request.query),
    )
    app.post(routes.end_session, { schema: endSessionRoute.sent, config: ofProtocol }, (request, reply) =>
      endSession(request, reply, request.body),
    )
    app.post(`${routes.end_session}/confirm`, { schema: confirmEndSessionRoute, config: publicPage }, (request, reply) =>
      endSession(request, reply, request.body, true),
    )
  }

  /** What the library is to know of a request. */
  function about(request: FastifyRequest, token?: string) {
    const { session, view, instance, id: reference } = request
    const onRefusal = (refusal: Refusal) =>
      void remember(instance, refusal, callerOf(request)).catch((error) =>
        log.warn({ err: error }, 'a refusal could not be kept'),
      )
    return { session, view, reference, formToken: token, onRefusal }
  }

  /** Lets the library answer. */
  async function handOver(request: FastifyRequest, reply: FastifyReply, token?: string): Promise<FastifyReply> {
    const { provider } = await providerOf(request.instance)
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
    reply.hijack()
    await withRequest(about(request, typeof token === 'string' ? token : undefined), () =>
      provider.callback()(request.raw, reply.raw),
    )
    return reply
  }

  /** Somebody comes back who had to log in, or to prove again who they are. */
  async function goOn(
    request: FastifyRequest<{ Params: { uid: string }; Querystring: { now?: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const { session, instance } = request
    const path = `${routes.authorization}/${encodeURIComponent(request.params.uid)}`
    if (request.query.now === undefined) return sendPage(request, reply, 200, goOnPage(request.view, `${path}?now=yes`))
    // Only in the browser where it began: a link to a stranger's request takes nothing of who is logged in here. The library refuses it.
    if (session === undefined || request.cookies[cookieNames.resume] !== request.params.uid) return handOver(request, reply)
    const { provider } = await providerOf(instance)
    const interaction = await withRequest(about(request), () => provider.Interaction.find(request.params.uid))
    if (interaction !== undefined && interaction.result === undefined) {
      const { reasons, details } = interaction.prompt
      // Only who has proven it since then: both times are the database's.
      if (!reasons.includes('no_session') && session.authTime.getTime() <= Number(details.shownAt))
        return reply.redirect(`/login?again=yes&next=${encodeURIComponent(path)}`, 303)
      const { accountId, amr, authTime } = session
      interaction.result = { login: { accountId, ts: Math.floor(authTime.getTime() / 1000), amr, acr: acrOf(amr) } }
      await withRequest(about(request), () => interaction.persist())
    }
    return handOver(request, reply)
  }

  async function endSession(
    request: FastifyRequest,
    reply: FastifyReply,
    said: unknown,
    confirmed = false,
  ): Promise<FastifyReply> {
    const { session, instance } = request
    const { provider } = await providerOf(instance)
    try {
      const fields = parametersOf(said)
      const { goesTo, module, isCertain } = await withRequest(about(request), () =>
        readEndSession(provider, fields, session, (sessionId, clientId) => sidOf(keys, instance, sessionId, clientId)),
      )
      if (session !== undefined && !isCertain && !confirmed) {
        // The form leads there, once it has been sent.
        if (goesTo !== undefined) permit(reply, { 'form-action': [new URL(goesTo).origin] })
        const page = confirmLogoutPage(request.view, { formToken: formToken(request, reply, keys.form), module, fields })
        return sendPage(request, reply, 200, page)
      }
      if (session !== undefined) await endOwnSession(database, instance, session, callerOf(request))
      clearCookie(reply, sessionCookie)
      return reply.redirect(goesTo ?? '/login?bye', 303)
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error
      const page = refusedPage(request.view, { error: error.error, reference: request.id })
      return sendPage(request, reply, error.statusCode, page)
    }
  }
}

/** @throws errors.InvalidRequest when something stands there twice */
function parametersOf(said: unknown): EndSessionRequest {
  const given = (said ?? {}) as Record<string, unknown>
  const found: EndSessionRequest = {}
  for (const name of endSessionParameters) {
    const value = given[name]
    if (value === undefined || value === '') continue
    if (typeof value !== 'string') throw new errors.InvalidRequest(`${name} stands there twice`)
    found[name] = value
  }
  return found
}
