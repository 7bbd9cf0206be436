// The features, in order: the table of contents.

import type { Server } from 'node:http'
import { networkInterfaces } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { apiDocumentation } from './administration/api-documentation/api-documentation.ts'
import { auditLog } from './administration/audit-log/audit-log.ts'
import { consolePages } from './administration/console/console.ts'
import { desk } from './administration/desk/desk.ts'
import { factorHelp } from './administration/factors/factors.ts'
import { floor } from './administration/floor/floor.ts'
import { imports, importTidying, openImportRunner } from './administration/imports/imports.ts'
import { live, readSeatsOfAll, watchSeats } from './administration/live/live.ts'
import { moduleAccess } from './administration/module-access/module-access.ts'
import { ruleEditor } from './administration/rule-editor/rule-editor.ts'
import { administration } from './administration/users/users.ts'
import { auditTidying, keepCheckpoints, openSealer, sealKey } from './audit/seals/seals.ts'
import { factorTidying, passkeyTidying } from './authenticators/factors/factors.ts'
import {
  attemptTidying,
  historyTidying,
  openBreachedPasswords,
  openGuessEstimator,
  openHashQueue,
  watchHashQueue,
  yieldToRequests,
} from './authenticators/passwords/passwords.ts'
import type { Config } from './config.ts'
import { giveInitialPassword } from './credentials/credentials.ts'
import { profiles } from './directory/profiles/profiles.ts'
import { teams } from './directory/teams/teams.ts'
import { frameSignedInPages, home } from './home/home.ts'
import { security } from './home/security/security.ts'
import { listServedInstances, resolveInstances } from './instances/instances.ts'
import { forwardAuth, forwardTidying } from './outward/forward-auth/forward-auth.ts'
import { openLogouts } from './outward/logouts/logouts.ts'
import { deliverMessage, messages, messageTidying } from './outward/messages/messages.ts'
import { messageQueue } from './outward/messages/queue.ts'
import { deliveryTidying, modules, openLandings } from './outward/modules/modules.ts'
import { itemTidying, openid } from './outward/openid/openid.ts'
import type { App } from './platform/app.ts'
import { askForAnAnswer, type Database } from './platform/database.ts'
import { answerPrograms, openHttp, type Route } from './platform/http.ts'
import { openJobs } from './platform/jobs.ts'
import { openMailer } from './platform/mail.ts'
import { measureRequests, openMetrics, serveMetrics } from './platform/metrics.ts'
import { openNotices } from './platform/notices.ts'
import { everywhere } from './platform/policy.ts'
import type { Keys } from './platform/secret.ts'
import { openTexts } from './platform/text.ts'
import { type TidyStep, tidy } from './platform/tidying.ts'
import { recoveryQueue } from './recovery/queue.ts'
import { decideRecovery, makeRecoveryLink, openRecoveryMetrics, recovery, recoveryTidying } from './recovery/recovery.ts'
import { openRuleBook } from './rules/rules.ts'
import { sessionCookie } from './sessions/cookie.ts'
import { liveChannel, openChannels } from './sessions/live-channel/live-channel.ts'
import { openWatch, recogniseSessions, sessions, sessionTidying } from './sessions/sessions.ts'
import { secondFactor } from './sign-in/second-factor/second-factor.ts'
import { offerLanguages, openSignInAnswers, type Step, signIn, steps as signInSteps, signInTidying } from './sign-in/sign-in.ts'

export type Node = Readonly<{
  app: App
  routes: readonly Route[]
  /** Works on jobs, such as messages. `listen` begins with it. */
  work(options?: { pollSeconds?: number }): void
  /** Listens for people and for Prometheus, and works. */
  listen(): Promise<void>
  /** Stops taking new work, lets what is under way finish, and lets go of everything but the database. */
  close(): Promise<void>
}>

/** Logins that wait at the most, for each processor: about 1 s of hashing. More are better told to come back. */
const mostWaitingPerHash = 100
const tidyEveryMilliseconds = 60 * 60 * 1000

/** What each feature has to tidy. */
export const tidySteps = (keys: Keys): readonly TidyStep[] => [
  ...auditTidying(sealKey(keys)),
  ...sessionTidying,
  ...attemptTidying,
  ...historyTidying,
  ...factorTidying,
  ...passkeyTidying,
  ...signInTidying,
  ...importTidying,
  ...messageTidying,
  ...recoveryTidying,
  ...itemTidying,
  ...deliveryTidying,
  ...forwardTidying,
]

/**
 * Builds a node. Nothing runs before `listen`.
 * @param steps what can hold a sign-in up
 */
export async function openNode(
  config: Config,
  database: Database,
  keys: Keys,
  logTo: NodeJS.WritableStream,
  steps: readonly Step[] = signInSteps,
): Promise<Node> {
  const texts = openTexts()
  const metrics = openMetrics()
  const guesses = openGuessEstimator()
  // Two more than can hash at once, so that no processor is idle while others wait for the database.
  const hashQueue = openHashQueue(config.hashConcurrency + 2, mostWaitingPerHash * config.hashConcurrency)
  watchHashQueue(metrics, hashQueue)
  const rules = openRuleBook(database)
  const breached =
    config.breachedPasswordsFile === undefined ? undefined : await openBreachedPasswords(config.breachedPasswordsFile)
  const { publicUrl } = config
  const mailer = openMailer(config)
  let draining = false
  let listening = false

  const originOf = ({ headers }: FastifyRequest) => `${publicUrl.protocol}//${headers.host}`
  const { app, routes } = await openHttp({
    config,
    logTo,
    texts,
    formKey: keys.form,
    keyCookie: sessionCookie,
    originOf,
  })
  measureRequests(app, metrics)
  app.addHook('onSend', async (_request, reply) => {
    // What is answered while draining is the last on its connection, which would keep the server from closing.
    if (draining) reply.header('connection', 'close')
  })
  resolveInstances(app, { database, publicUrl })
  offerLanguages(app, { rules, texts })
  recogniseSessions(app, { database, keys, rules, texts })
  frameSignedInPages(app, { keys, rules })
  await app.register(answerPrograms, { prefix: '/api' })

  const passwordNeeds = { database, keys, hashQueue, guesses, rules, breached }
  await app.register(sessions({ database, keys, rules, texts }))
  const notices = openNotices(database.address, (error) =>
    app.log.warn({ err: error }, 'notices are not heard; it is tried again'),
  )
  const channels = openChannels({
    database,
    rules,
    texts,
    notices,
    onError: (error, message) => app.log.warn({ err: error }, message),
  })
  await app.register(liveChannel({ database, keys, channels, notices, metrics }))
  const answers = openSignInAnswers({
    keys,
    rules,
    metrics,
    onSessionStarted: channels.sessionStarted,
    landsAtModule: openLandings(database),
  })
  await app.register(signIn({ ...passwordNeeds, steps, answers }))
  await app.register(secondFactor({ database, keys, rules, steps, answers, originOf }))
  await app.register(recovery(passwordNeeds))
  await app.register(home(passwordNeeds))
  await app.register(security({ database, keys, originOf }))
  await app.register(profiles({ database }))
  await app.register(teams({ database }))
  await app.register(messages({ database, mailer, texts, publicUrl }))
  await app.register(modules({ database, publicUrl }))
  await app.register(openid({ database, keys, rules, publicUrl }))
  await app.register(forwardAuth({ database, keys, rules, publicUrl, trustedProxies: config.trustedProxies }))
  await app.register(administration({ database, keys, publicUrl }))
  await app.register(live({ database, rules, notices }))
  await app.register(floor({ database }))
  await app.register(desk({ database, keys, steps }))
  await app.register(factorHelp({ database, keys }))
  await app.register(moduleAccess({ database }))
  await app.register(auditLog({ database }))
  watchSeats(metrics, () => readSeatsOfAll(database))
  await app.register(ruleEditor(passwordNeeds))
  const runner = openImportRunner({ database, keys, hashQueue }, (error) => app.log.error({ err: error }))
  await app.register(imports({ database, keys, hashQueue, breached, runner }))
  await app.register(consolePages({ keys }))
  await app.register(apiDocumentation())

  const Status = Type.Object({ status: Type.String() })
  const anyHost = {
    config: everywhere('json'),
    schema: { hide: true, response: { 200: Status, 503: Status } },
  } as const
  app.get('/healthz', anyHost, async () => ({ status: 'alive' }))
  app.get('/readyz', anyHost, async (_request, reply) => {
    // A load balancer reads the number, and people who look the word.
    if (draining) return reply.code(503).send({ status: 'stopping' })
    await database.call(askForAnAnswer)
    return { status: 'ready' }
  })

  const recoveryMetrics = openRecoveryMetrics(metrics)
  const jobs = openJobs(
    database.address,
    new Map([
      [
        messageQueue,
        (ids) =>
          deliverMessage(
            {
              database,
              mailer,
              texts,
              publicUrl,
              makeRecoveryLink,
              giveInitialPassword: (tx, { id }, actor, detail) =>
                giveInitialPassword(tx, { keys }, id, actor, undefined, { told: false, detail }),
            },
            ids,
          ),
      ],
      [
        recoveryQueue,
        (ids) => decideRecovery({ database, keys, onHeldBack: (share) => recoveryMetrics.heldBack.inc({ share }) }, ids),
      ],
    ]),
    (error, message) => app.log.warn({ err: error }, message),
  )
  const watch = openWatch({ database, rules, onError: (error, message) => app.log.warn({ err: error }, message) })
  const sealNeeds = {
    database,
    instances: () => database.call(listServedInstances),
    onError: (error: unknown, message: string) => app.log.warn({ err: error }, message),
  }
  const sealer = openSealer({ ...sealNeeds, key: sealKey(keys) })
  let endCheckpoints = () => {}
  const logouts = openLogouts({
    database,
    keys,
    publicUrl,
    notices,
    networks: config.moduleNetworks,
    onError: (error, message) => app.log.warn({ err: error }, message),
  })
  let metricsServer: Server | undefined
  const tidying = setInterval(() => void tidyAll(), tidyEveryMilliseconds).unref()

  async function tidyAll(): Promise<void> {
    const onError = (error: unknown, step = 'all') =>
      app.log.warn({ err: error, step }, 'tidying failed; it is tried again in an hour')
    try {
      await tidy(database, await database.call(listServedInstances), tidySteps(keys), onError, () => draining)
    } catch (error) {
      onError(error)
    }
  }

  function work(options?: { pollSeconds?: number }): void {
    jobs.start(options)
    logouts.start()
  }

  return {
    app,
    routes,
    work,
    async listen() {
      yieldToRequests()
      await app.listen({ port: config.port, host: config.host === '::' && !hasIpv6() ? '0.0.0.0' : config.host })
      listening = true
      runner.listen()
      watch.start()
      sealer.start()
      const { auditCheckpoints: place } = config
      if (place !== undefined) endCheckpoints = keepCheckpoints({ ...sealNeeds, place, mailer })
      work()
      if (config.metricsPort !== 0) metricsServer = await serveMetrics(metrics, config.metricsPort, config.metricsHost)
    },
    async close() {
      draining = true
      clearInterval(tidying)
      endCheckpoints()
      // Load balancers look at /readyz once in a while; until they have, people still come here.
      await wait(listening ? config.drainSeconds * 1000 : 0)
      await app.close()
      await runner.close()
      await watch.close()
      await sealer.close()
      await logouts.close()
      await Promise.all([app.close(), jobs.close()])
      metricsServer?.close()
      await guesses.close()
      await breached?.close()
    },
  }
}

/** Some machines, containers above all, have IPv4 only, where listening on `::` fails. */
function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ family }) => family === 'IPv6'))
}
