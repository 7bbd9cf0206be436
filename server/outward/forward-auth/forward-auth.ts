// Forward-auth: who sends each request to a module that knows no protocol. The proxy before the module asks here, and the module believes
// the headers that come of it. Each module's host has a cookie of its own, which is worth something there alone. Owns forward_sign_in and
// module_ticket. docs/modules.md, "Behind the proxy"

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { instanceUrl } from '../../instances/instances.ts'
import { isIn } from '../../platform/address.ts'
import { readCookie, setCookie } from '../../platform/cookie.ts'
import type { Database } from '../../platform/database.ts'
import { localPath, sendPage } from '../../platform/page.ts'
import type { Policy } from '../../platform/policy.ts'
import { requestInvalid } from '../../platform/problem.ts'
import { hashToken, type Keys, newToken } from '../../platform/secret.ts'
import type { RuleBook } from '../../rules/rules.ts'
import { openSessionChecks } from '../../sessions/sessions.ts'
import { openModuleSession } from '../modules/modules.ts'
import { sidOf } from '../openid/openid.ts'
import { goOnPage } from '../openid/pages.ts'
import { nonceCookie, ticketCookie } from './cookie.ts'
import { forwardedHost, type ProxyKind, readAsked, statusForStranger } from './forwarded.ts'
import { headersOf } from './identity.ts'
import { openIntent, sealIntent } from './intent.ts'
import { refusedAtModule, type Trouble, troublePage, troubles } from './pages.ts'
import { moduleHostUnknown, proxyNotTrusted } from './problems.ts'
import { callbackRoute, checkRoute, signInRoute, startRoute, troubleRoute } from './schemas.ts'
import {
  type AskedTicket,
  checkTickets,
  countArrivals,
  findForwardModule,
  findModuleByHost,
  giveCode,
  redeemCode,
} from './store.ts'

export { identityHeaders } from './identity.ts'
export { forwardTidying } from './store.ts'

/** What a proxy asks, and what it passes on of its module's host: nobody's action, and nothing that a form of ours is needed for. */
const ofProxy = { policy: { caller: 'anybody', form: 'protocol', answers: 'json', automatic: true } } as const satisfies {
  policy: Policy
}
const ofPeople = { policy: { caller: 'anybody', form: 'ours', answers: 'page', automatic: true } } as const satisfies {
  policy: Policy
}

const ofEnvoy = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** Who arrives so often within so many seconds goes in a circle. */
const mostArrivals = 3
const circleSeconds = 30

export type ForwardAuthNeeds = {
  database: Database
  keys: Keys
  rules: RuleBook
  publicUrl: URL
  trustedProxies: readonly string[]
}

export function forwardAuth(needs: ForwardAuthNeeds): FastifyPluginAsyncTypebox {
  const { database, keys, rules, publicUrl } = needs
  const isTrusted = isIn(needs.trustedProxies)
  const checks = openSessionChecks(async (instance: { id: string }, asked: readonly AskedTicket[]) =>
    checkTickets(database, instance, asked, await rules.of(instance)),
  )

  return async (app) => {
    app.get('/forward-auth/:proxy', { schema: checkRoute, config: ofProxy }, (request, reply) =>
      check(request, reply, request.params.proxy),
    )
    await app.register(async (own) => {
      // Envoy asks with the method and the headers of the request that it asks about, and without its body.
      own.removeAllContentTypeParsers()
      own.addContentTypeParser('*', (_request, _payload, done) => done(null))
      const options = { method: [...ofEnvoy], schema: { hide: true }, config: ofProxy }
      for (const url of ['/forward-auth/envoy', '/forward-auth/envoy/*'])
        own.route({ ...options, url, handler: (request, reply) => check(request, reply, 'envoy') })
    })

    // On the module's host, whose proxy passes on to us what begins with /.gatehouse/.
    app.get('/.gatehouse/start', { schema: startRoute, config: ofProxy }, async (request, reply) => {
      const host = moduleHost(request)
      const mode = request.headers['sec-fetch-mode']
      if (mode !== undefined && mode !== 'navigate') throw requestInvalid('Only a browser that shows a page goes this way.')
      const nonce = readCookie(request, nonceCookie) ?? newToken()
      const wanted = wayBack(request.query.to)
      const module = await database.in(request.instance, async (tx) => {
        const found = await findModuleByHost(tx, host)
        if (found === undefined) throw moduleHostUnknown()
        const nonceHash = hashToken(nonce)
        const isCircle = (await countArrivals(tx, found.id, nonceHash, circleSeconds)) >= mostArrivals
        return { id: found.id, nonceHash, isCircle }
      })
      if (module.isCircle) return trouble(request, reply, 'loop', module)
      const intent = sealIntent(keys, request.instance, { moduleId: module.id, nonceHash: module.nonceHash, wanted })
      setCookie(reply, nonceCookie, nonce)
      return reply.redirect(`${instanceUrl(publicUrl, request.instance)}/forward-auth/sign-in?intent=${intent}`, 303)
    })

    app.get('/.gatehouse/callback', { schema: callbackRoute, config: ofProxy }, async (request, reply) => {
      const host = moduleHost(request)
      const { instance } = request
      const nonce = readCookie(request, nonceCookie)
      const ticket = newToken()
      const wanted =
        nonce &&
        (await redeemCode(
          database,
          instance,
          {
            host,
            codeHash: hashToken(request.query.code ?? ''),
            nonceHash: hashToken(nonce),
            ticketHash: hashToken(ticket),
          },
          await rules.of(instance),
        ))
      if (wanted === undefined) {
        const module = await database.in(instance, (tx) => findModuleByHost(tx, host))
        if (module === undefined) throw moduleHostUnknown()
        return trouble(request, reply, nonce === undefined ? 'cookie' : 'expired', module)
      }
      setCookie(reply, ticketCookie, ticket)
      return reply.redirect(wayBack(wanted), 303)
    })

    // On the instance's own host.
    app.get('/forward-auth/sign-in', { schema: signInRoute, config: ofPeople }, async (request, reply) => {
      const { instance, session } = request
      const { intent: sealed = '', after } = request.query
      const intent = openIntent(keys, instance, sealed)
      const module = intent && (await database.in(instance, (tx) => findForwardModule(tx, intent.moduleId)))
      if (intent === undefined || module === undefined) return trouble(request, reply, 'expired', undefined)
      const here = `/forward-auth/sign-in?intent=${encodeURIComponent(sealed)}`
      if (session === undefined) return reply.redirect(`/login?next=${encodeURIComponent(`${here}&after=login`)}`, 303)
      // A form may lead to no other site, and a page may.
      if (after !== undefined) return sendPage(request, reply, 200, goOnPage(request.view, here))
      const grant = await openModuleSession(database, instance, session.id, module.clientId, await rules.of(instance))
      if (grant === undefined) return trouble(request, reply, 'refused', module)
      const code = newToken()
      const used = { intentHash: hashToken(sealed), ...intent, sessionId: session.id, codeHash: hashToken(code) }
      if (!(await database.in(instance, (tx) => giveCode(tx, used)))) return trouble(request, reply, 'expired', module)
      return reply.redirect(`${originOf(module)}/.gatehouse/callback?code=${code}`, 303)
    })

    app.get('/forward-auth/trouble', { schema: troubleRoute, config: ofPeople }, async (request, reply) => {
      const { why, module: id = '' } = request.query
      const known = Object.keys(troubles).find((each): each is Trouble => each === why) ?? 'expired'
      const module = isId(id) ? await database.in(request.instance, (tx) => findForwardModule(tx, id)) : undefined
      return sendPage(request, reply, troubles[known], troublePage(request.view, known, module))
    })
  }

  /** Answers a proxy who sends the request that it asks about. */
  async function check(request: FastifyRequest, reply: FastifyReply, kind: ProxyKind): Promise<FastifyReply> {
    const host = moduleHost(request)
    const asked = readAsked(kind, { method: request.method, url: request.url, headers: request.headers })
    const ticket = readCookie(request, ticketCookie)
    const tokenHash = ticket === undefined ? null : hashToken(ticket)
    const found = await checks.run(request.instance, { host, tokenHash, isAction: asked.isAction })
    if (found === undefined) throw moduleHostUnknown()
    if (found.sessionId === null) {
      if (asked.isNavigation)
        reply.header('location', `${originOf(found)}/.gatehouse/start?to=${encodeURIComponent(wayBack(asked.wanted))}`)
      return reply.code(statusForStranger(kind, asked)).send()
    }
    if (!found.mayUse) {
      if (!asked.isNavigation) return reply.code(403).send()
      const address = troubleUrl(request, 'refused', { id: found.moduleId })
      return reply.code(403).header('location', address).type('text/html').send(refusedAtModule(request.view, address))
    }
    const sid = sidOf(keys, request.instance, found.sessionId, found.clientId)
    return reply
      .code(200)
      .headers(headersOf({ ...found, sid }))
      .send()
  }

  /** The host that the request was sent to, as a proxy says whom we believe. @throws proxy_not_trusted, module_host_unknown */
  function moduleHost({ socket, headers }: FastifyRequest): string {
    if (!isTrusted(socket.remoteAddress)) throw proxyNotTrusted()
    const host = forwardedHost(headers)
    if (host === undefined) throw moduleHostUnknown()
    return host
  }

  function troubleUrl({ instance }: FastifyRequest, why: Trouble, module: { id: string } | undefined): string {
    const about = module === undefined ? '' : `&module=${module.id}`
    return `${instanceUrl(publicUrl, instance)}/forward-auth/trouble?why=${why}${about}`
  }

  function trouble(request: FastifyRequest, reply: FastifyReply, why: Trouble, module: { id: string } | undefined): FastifyReply {
    return reply.redirect(troubleUrl(request, why, module), 303)
  }
}

/** What is registered begins with a scheme and a host, and holds nothing more but perhaps a slash. */
const originOf = ({ address }: { address: string }) => new URL(address).origin

/** Where on the module's host somebody is led, who came from there; never to our own ways, nor to another host. */
function wayBack(wanted: string | undefined): string {
  const path = localPath(wanted, '/')
  return path.startsWith('/.gatehouse/') ? '/' : path
}

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
