// The features, in order: the table of contents.
import type { Server } from 'node:http'
import { networkInterfaces } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { Type } from 'typebox'
import { apiDocumentation } from './administration/api-documentation/api-documentation.ts'
import { auditLog } from './administration/audit-log/audit-log.ts'
import { consolePages } from './administration/console/console.ts'
import { desk } from './administration/desk/desk.ts'
import { imports, openImportRunner, removeOldImports } from './administration/imports/imports.ts'
import { live, readSeatsOfAll } from './administration/live/live.ts'
import { ruleEditor } from './administration/rule-editor/rule-editor.ts'
import { administration } from './administration/users/users.ts'
import {
  forgetFormerPasswords,
  openBreachedPasswords,
  openGuessEstimator,
  openHashQueue,
  removeOldAttempts,
  yieldToRequests,
} from './authenticators/passwords/passwords.ts'
import type { Config } from './config.ts'
import { profiles } from './directory/profiles/profiles.ts'
import { teams } from './directory/teams/teams.ts'
import { frameSignedInPages, home } from './home/home.ts'
import { type Instance, listInstances, resolveInstances } from './instances/instances.ts'
import { deliverMessage, messages, removeOldMessages } from './outward/messages/messages.ts'
import type { Database } from './platform/database.ts'
import { type App, openHttp, type Route } from './platform/http.ts'
import { openJobs } from './platform/jobs.ts'
import { openMailer } from './platform/mail.ts'
import { measureRequests, openMetrics, serveMetrics } from './platform/metrics.ts'
import { openNotices } from './platform/notices.ts'
import { unavailable } from './platform/problem.ts'
import type { Keys } from './platform/secret.ts'
import { openTexts } from './platform/text.ts'
import { decideRecovery, makeRecoveryLink, recovery, removeOldRecovery } from './recovery/recovery.ts'
import { findRules, openRuleBook } from './rules/rules.ts'
import { liveChannel, openChannels } from './sessions/live-channel/live-channel.ts'
import { endRunOutSessionsOf, recogniseSessions, sessions } from './sessions/sessions.ts'
import { offerLanguages, removeOldSignIns, type Step, signIn, steps as signInSteps } from './sign-in/sign-in.ts'

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
  metrics.watchHashQueue(hashQueue)
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
  frameSignedInPages(app, { keys })

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
  await app.register(messages({ database, mailer }))
  await app.register(administration({ database, keys, publicUrl }))
  await app.register(live({ database, rules, notices }))
  await app.register(desk({ database, keys, steps }))
  await app.register(auditLog({ database }))
  metrics.watchSeats(() => readSeatsOfAll(database))
  await app.register(ruleEditor(passwordNeeds))
  const runner = openImportRunner({ database, keys, hashQueue }, (error) => app.log.error({ err: error }))
  await app.register(imports({ database, keys, hashQueue, breached, runner }))
  await app.register(consolePages())
  await app.register(apiDocumentation())

  const anyHost = {
    config: { access: 'public', anyHost: true },
    schema: { hide: true, response: { 200: Type.Object({ status: Type.String() }) } },
  } as const
  app.get('/healthz', anyHost, async () => ({ status: 'alive' }))
  app.get('/readyz', anyHost, async () => {
    if (draining) throw unavailable(new Error('this node is shutting down'))
    await database.asOperator(undefined, listInstances)
    return { status: 'ready' }
  })

  const jobs = openJobs(
    database.address,
    {
      message: (ids) => deliverMessage({ database, keys, mailer, texts, publicUrl, makeRecoveryLink }, ids),
      recovery: (ids) => decideRecovery({ database, keys }, ids),
    },
    (error, message) => app.log.warn({ err: error }, message),
  )
  let metricsServer: Server | undefined
  const tidying = setInterval(() => void tidy(), tidyEveryMilliseconds).unref()

  /** Removes what has had its time. Any number of nodes may do it at once, and nothing depends on it. */
  async function tidy(): Promise<void> {
    try {
      const instances = await database.asOperator(undefined, listInstances)
      for (const instance of instances) await tidyInstance(instance)
    } catch (error) {
      app.log.warn({ err: error }, 'tidying failed; it is tried again in an hour')
    }
  }

  function tidyInstance(instance: Instance): Promise<void> {
    return database.in(instance, async (tx) => {
      await endRunOutSessionsOf(tx)
      const { deviceDays, formerPasswords } = await findRules(tx)
      await removeOldAttempts(tx, deviceDays)
      await forgetFormerPasswords(tx, formerPasswords)
      await removeOldSignIns(tx)
      await removeOldImports(tx)
      await removeOldMessages(tx)
      await removeOldRecovery(tx)
    })
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
