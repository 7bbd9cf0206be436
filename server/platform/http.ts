// HTTP: what holds for every route. Limits, security headers, the form guard, the one answer to problems, the log line.
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import cookies from '@fastify/cookie'
import forms from '@fastify/formbody'
import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyError, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { allLanguages, fallbackLanguage, type Language } from '../../contracts/languages.ts'
import type { Config } from '../config.ts'
import { isIn, readAddress } from './address.ts'
import type { App } from './app.ts'
import { serveAssets } from './assets.ts'
import { addressOf } from './caller.ts'
import { compressAnswers } from './compress.ts'
import { type Cookie, languageCookie, readCookie } from './cookie.ts'
import { guardForms } from './forms.ts'
import { logOptions } from './log.ts'
import { alert, html, sendPage } from './page.ts'
import { contentSecurityPolicy, type Policy, permit } from './policy.ts'
import { notFound, Problem, requestInvalid } from './problem.ts'
import { isLanguage, preferredLanguage, type Translate } from './text.ts'
import { version } from './version.ts'

export type HttpNeeds = {
  config: Config
  logTo: NodeJS.WritableStream
  texts: (language: Language) => Translate
  formKey: Buffer
  originOf: (request: FastifyRequest) => string
  /** What programs send to say who calls. */
  keyCookie: Cookie
}

/** One route, as it was registered; `body` is the schema of its body, if it has one. */
export type Route = { method: string; url: string; policy: Policy; body: unknown }

/** The application without its features, and the list of its routes, which grows as features register theirs. */
export async function openHttp({
  config,
  logTo,
  texts,
  formKey,
  originOf,
  keyCookie,
}: HttpNeeds): Promise<{ app: App; routes: readonly Route[] }> {
  const app: App = fastify<Server>({
    logger: { ...logOptions(config.logLevel), stream: logTo },
    // One line a request is written below; it holds the route and not the address, whose query can be private.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: config.trustedProxies.length > 0 ? isIn(config.trustedProxies) : false,
    bodyLimit: 64 * 1024,
    // In milliseconds. The default of 0 would let one slow sender hold a connection for ever. Node takes the longer of the two for
    // the whole request, so the headers must have the shorter one; and it looks only once in an interval. This is for the largest
    // body that any route takes; `limitBodyTime` is for all others.
    requestTimeout: 300_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 1000 },
    connectionTimeout: 60_000,
    forceCloseConnections: 'idle',
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    frameworkErrors: (error, _request, reply: FastifyReply) => {
      reply
        .code(error.statusCode ?? 400)
        .headers(securityHeaders(config))
        .type('text/plain')
        .send('The address of this request cannot be read.\n')
    },
  }).withTypeProvider<TypeBoxTypeProvider>()

  await app.register(cookies)
  await app.register(forms)
  await app.register(swagger, {
    openapi: {
      info: { title: 'Gatehouse', version, description: 'The API of one instance, at its own address.' },
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: keyCookie.name } } },
    },
  })

  app.decorateRequest('view')
  const headers = securityHeaders(config)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    const { csp } = request.routeOptions.config.policy ?? {}
    if (csp !== undefined) permit(reply, {})
    const chosen = readCookie(request, languageCookie)
    const language = isLanguage(chosen) ? chosen : (preferredLanguage(request.headers['accept-language']) ?? fallbackLanguage)
    request.view = { language, languages: allLanguages, t: texts(language), instanceName: undefined }
  })
  const routes: Route[] = []
  app.addHook('onRoute', ({ method, url, config, schema }) => {
    // Deny by default: a route that does not say who may call it is not served.
    const policy = config?.policy
    if (policy === undefined) throw new Error(`${String(method)} ${url} does not say who may call it`)
    for (const each of [method].flat()) routes.push({ method: each, url, policy, body: schema?.body })
  })
  limitBodyTime(app)
  if (config.trustedProxies.length > 0) watchForwarded(app)
  guardForms(app, formKey, originOf)
  const logsRequests = config.logLevel === 'info' || config.logLevel === 'debug'
  app.addHook('onResponse', async (request, reply) => {
    // Not worth putting together where nobody wants it.
    if (!logsRequests) return
    request.log.info({
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      instance: request.view?.instanceName,
      address: addressOf(request),
    })
  })

  compressAnswers(app)
  answerProblems(app, 'page')
  await app.register(serveAssets)
  return { app, routes }
}

const forwardedWarningsEvery = 10 * 60_000

/** Says when a trusted proxy passes on what is no address: everybody behind it then shares its own, and one guesser the count of all. */
function watchForwarded(app: App): void {
  let quietUntil = 0
  app.addHook('onRequest', async ({ ip, log }) => {
    if (readAddress(ip) !== undefined || performance.now() < quietUntil) return
    quietUntil = performance.now() + forwardedWarningsEvery
    const forwarded = ip.slice(0, 100)
    log.warn(
      { forwarded },
      'X-Forwarded-For of a trusted proxy holds no address, so the address of the proxy counts for everybody',
    )
  })
}

/** For a body of the usual size, in milliseconds. */
const longestBodyTime = 15_000

/** Cuts off who sends an ordinary body more slowly than any browser. */
function limitBodyTime(app: App): void {
  app.addHook('onRequest', async ({ raw, routeOptions }, reply) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers
    if (routeOptions.config.policy?.slowBody || (encoding === undefined && Number(length ?? 0) === 0)) return
    const timer = setTimeout(() => {
      if (!raw.complete) raw.socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n').destroySoon()
    }, longestBodyTime).unref()
    const clear = () => clearTimeout(timer)
    raw.once('end', clear).once('close', clear)
    reply.raw.once('finish', clear)
  })
}

/** The headers of every answer. Sources: ASVS 5.0, 3.4.1 to 3.4.8 and 14.2.2; OWASP HTTP Headers Cheat Sheet. */
function securityHeaders({ publicUrl }: Config): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    ...(publicUrl.protocol === 'https:' && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
  }
}

/**
 * Turns every failure into one shape. The only place that logs an error or chooses its status.
 * @param otherwise how addresses answer that have no route
 */
function answerProblems(app: App, otherwise: Policy['answers']): void {
  app.setNotFoundHandler((request, reply) => answer(notFound(), request, reply, otherwise))
  app.setErrorHandler<FastifyError | Problem>((error, request, reply) => {
    const problem = toProblem(error)
    if (problem.status >= 500) request.log.error({ err: problem.cause ?? problem })
    return answer(problem, request, reply, request.routeOptions.config.policy?.answers ?? otherwise)
  })
}

/** Tells programs in their own way that there is no such route below a prefix. Comes after the hooks that hold for all. */
export async function answerPrograms(app: App): Promise<void> {
  answerProblems(app, 'json')
}

/** A Problem as it is, a framework's refusal of the request as request_invalid, and anything else as a bug of ours. */
function toProblem(error: FastifyError | Problem): Problem {
  if (error instanceof Problem) return error
  if (error.validation !== undefined) return requestInvalid(error.message)
  // What a text cannot hold in PostgreSQL: the character NUL, half a surrogate pair.
  if (error.code === '22021' || error.code === '22P05') return requestInvalid('A text holds a character that no text can hold.')
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500) return requestInvalid(error.message, status)
  return new Problem(500, 'internal_error', 'Something went wrong in Gatehouse.', { cause: error })
}

/** Answers programs with RFC 9457 and people with a page. */
function answer(problem: Problem, request: FastifyRequest, reply: FastifyReply, as: Policy['answers']): FastifyReply {
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', String(problem.retryAfterSeconds))
  if (as === 'json') {
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .serializer(JSON.stringify)
      .send({
        status: problem.status,
        code: problem.code,
        title: problem.message,
        requestId: request.id,
        ...(Object.keys(problem.values).length > 0 && { values: problem.values }),
        ...(problem.fields.length > 0 && { faults: problem.fields }),
      })
  }
  const { t } = request.view
  const next = t(`problems:${problem.code}.next`, problem.values)
  return sendPage(request, reply, problem.status, {
    title: t(`problems:${problem.code}.title`, problem.values),
    body: html`<div class="card">
<h1>${t(`problems:${problem.code}.title`, problem.values)}</h1>
${problem.status === 404 ? html`<p class="note">${next}</p>` : alert(next)}
${request.view.instanceName === undefined ? '' : html`<p><a class="button" href="/">${t('common:to_start')}</a></p>`}
${problem.status < 500 ? '' : html`<p class="fine">${t('problems:request_id', { id: request.id })}</p>`}
</div>`,
  })
}
