// The features, in order: the table of contents.

import type { Server } from 'node:http'
import { networkInterfaces } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { Type } from 'typebox'
import { apiDocumentation } from './administration/api-documentation/api-documentation.ts'
import { auditLog } from './administration/audit-log/audit-log.ts'
import { consolePages } from './administration/console/console.ts'
import { desk } from './administration/desk/desk.ts'
import { imports, importTidying, openImportRunner } from './administration/imports/imports.ts'
import { live, readSeatsOfAll, watchSeats } from './administration/live/live.ts'
import { ruleEditor } from './administration/rule-editor/rule-editor.ts'
import { administration } from './administration/users/users.ts'
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
import { listServedInstances, resolveInstances } from './instances/instances.ts'
import { deliverMessage, messages, messageTidying } from './outward/messages/messages.ts'
import { messageQueue } from './outward/messages/queue.ts'
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
import { offerLanguages, type Step, signIn, steps as signInSteps, signInTidying } from './sign-in/sign-in.ts'

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
export const tidySteps: readonly TidyStep[] = [
  ...sessionTidying,
  ...attemptTidying,
  ...historyTidying,
  ...signInTidying,
  ...importTidying,
  ...messageTidying,
  ...recoveryTidying,
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

  const { app, routes } = await openHttp({
    config,
    logTo,
    texts,
    formKey: keys.form,
    keyCookie: sessionCookie,
    originOf: (request) => `${publicUrl.protocol}//${request.headers.host}`,
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
  await app.register(signIn({ ...passwordNeeds, steps, metrics, onSessionStarted: channels.sessionStarted }))
  await app.register(recovery(passwordNeeds))
  await app.register(home(passwordNeeds))
  await app.register(profiles({ database }))
  await app.register(teams({ database }))
  await app.register(messages({ database, mailer, texts, publicUrl }))
  await app.register(administration({ database, keys, publicUrl }))
  await app.register(live({ database, rules, notices }))
  await app.register(desk({ database, keys, steps }))
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
  let metricsServer: Server | undefined
  const tidying = setInterval(() => void tidyAll(), tidyEveryMilliseconds).unref()

  async function tidyAll(): Promise<void> {
    const onError = (error: unknown, step = 'all') =>
      app.log.warn({ err: error, step }, 'tidying failed; it is tried again in an hour')
    try {
      await tidy(database, await database.call(listServedInstances), tidySteps, onError, () => draining)
    } catch (error) {
      onError(error)
    }
  }

  return {
    app,
    routes,
    work: jobs.start,
    async listen() {
      yieldToRequests()
      await app.listen({ port: config.port, host: config.host === '::' && !hasIpv6() ? '0.0.0.0' : config.host })
      listening = true
      runner.listen()
      watch.start()
      jobs.start()
      if (config.metricsPort !== 0) metricsServer = await serveMetrics(metrics, config.metricsPort, config.metricsHost)
    },
    async close() {
      draining = true
      clearInterval(tidying)
      // Load balancers look at /readyz once in a while; until they have, people still come here.
      await wait(listening ? config.drainSeconds * 1000 : 0)
      await app.close()
      await runner.close()
      await watch.close()
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
