// Sessions: one live session per account; who is logged in in a browser, and how it ends.
// Owns session. Knows nothing of how somebody proves who they are.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Language } from '../../contracts/languages.ts'
import type { App } from '../platform/app.ts'
import { callerOf } from '../platform/caller.ts'
import { clearCookie, readCookie, visitCookie } from '../platform/cookie.ts'
import type { Database } from '../platform/database.ts'
import { formToken, visitFormToken } from '../platform/forms.ts'
import type {} from '../platform/notices.ts'
import type { View } from '../platform/page.ts'
import { personalApi, personalPage } from '../platform/policy.ts'
import { notPermitted, notSignedIn } from '../platform/problem.ts'
import { hashToken, type Keys } from '../platform/secret.ts'
import { formatMoment, type Translate } from '../platform/text.ts'
import type { RuleBook } from '../rules/rules.ts'
import { signWithoutChannel, stayActive } from './channel-store.ts'
import { sessionCookie } from './cookie.ts'
import { runsOut } from './runs-out.ts'
import { aliveRoute, currentSessionRoute, logOutRoute, stayRoute } from './schemas.ts'
import { openSessionChecks } from './session-checks.ts'
import {
  type AskedSession,
  endOwnSession,
  findEnd,
  type LiveSession,
  recogniseTokens,
  type SessionEnd,
  type SessionLimits,
} from './store.ts'

export { changeSeats } from './change-seats.ts'
export {
  type ChannelStanding,
  carrySession,
  loseChannels,
  type OpenedChannel,
  openChannelsAtOnce,
  renewChannels,
  type SessionClock,
} from './channel-store.ts'
export { endManySessions, endSession, sessionTidying } from './end-session.ts'
export { freshMinutes, proofTooOld, requireFreshProof } from './fresh-proof.ts'
export { rehearseSeat, rehearseStart, type SessionStanding } from './rehearse-start.ts'
export { type RunsOut, runsOut, type Warning } from './runs-out.ts'
export { readSeatFigures, type SeatFigures, type SeatQuarter } from './seat-store.ts'
export { openSessionChecks } from './session-checks.ts'
export { newSession, renewSession, type StartedSession, startSession } from './start-session.ts'
export {
  type Authentication,
  accountsWithSessions,
  disputeMove,
  endOwnSession,
  findEnd,
  findEnds,
  findLiveSessions,
  findSeenSessions,
  isLive,
  type ListedSession,
  type LiveSession,
  listLiveSessions,
  listOwnSessions,
  type NewSession,
  type OtherSession,
  type OwnSession,
  replaceToken,
  type SeenSession,
  type SessionEnd,
  type SessionLimits,
} from './store.ts'
export { openWatch, type Watch } from './watch.ts'

declare module '../platform/notices.ts' {
  interface NoticeKinds {
    /** A session has ended, or goes on with another secret. */
    ended: { instance: string; session: string }
    renewed: { instance: string; session: string }
    /** Somebody has logged in. */
    sessions: { instance: string }
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The session of the browser that sent this request; undefined when nobody is logged in there. */
    session: LiveSession | undefined
  }
}

export type SessionsNeeds = { database: Database; keys: Keys; rules: RuleBook; texts: (language: Language) => Translate }

/**
 * Finds out who sends each request, and lets nobody in where the route does not permit it.
 * @throws not_signed_in, not_permitted
 */
export function recogniseSessions(app: App, { database, keys, rules, texts }: SessionsNeeds): void {
  const checks = openSessionChecks(async (instance: { id: string }, asked: readonly AskedSession[]) =>
    recogniseTokens(database, instance, asked, await rules.of(instance)),
  )
  app.decorateRequest('session', undefined)
  app.addHook('onRequest', async (request, reply) => {
    const { policy } = request.routeOptions.config
    if (policy?.anyHost) return
    const token = readCookie(request, sessionCookie)
    if (token !== undefined) {
      request.session = await checks.run(request.instance, { token, isAction: policy?.automatic !== true })
      if (request.session) {
        // The session and not its secret: a form that is open in another tab stays good when the secret changes.
        request.formBinding = `session ${request.session.id}`
        const own = request.view.languages.find((each) => each === request.session?.language)
        if (own !== undefined) request.view = { ...request.view, language: own, t: texts(own) }
      }
    }
    // Without a policy there is no route, or it would not be served, and nothing to guard.
    if (policy === undefined || policy.caller === 'anybody') return
    if (request.session === undefined) {
      // What was typed into a form comes back after the login, so it has to be read first.
      if (isForm(request)) return
      return refuseStranger(request, reply, token)
    }
    if (policy.permission !== undefined && !request.session.permissions.includes(policy.permission)) throw notPermitted()
  })

  app.addHook('preValidation', async (request, reply) => {
    const { policy } = request.routeOptions.config
    if (policy?.caller !== 'person' || request.session !== undefined) return
    return refuseStranger(request, reply, readCookie(request, sessionCookie))
  })

  /** Programs are told, also how the session that they had ended; people are asked to log in and come back to where they wanted to go. */
  async function refuseStranger(request: FastifyRequest, reply: FastifyReply, token: string | undefined): Promise<FastifyReply> {
    if (request.routeOptions.config.policy?.answers === 'json') throw notSignedIn(token && (await endedBecause(request, token)))
    const wanted = isForm(request) ? pageOfForm(request) : request.method === 'GET' ? request.url : undefined
    return reply.redirect(wanted === undefined ? '/login' : `/login?next=${encodeURIComponent(wanted)}`, 303)
  }

  /** Where a form that came too late is typed, with what was typed and may be shown; undefined for a mere button. */
  function pageOfForm({ routeOptions: { url, config }, body }: FastifyRequest): string | undefined {
    if (url === undefined || !app.hasRoute({ method: 'GET', url })) return undefined
    const typed = (body ?? {}) as Record<string, unknown>
    const kept = (config.policy?.keeps ?? []).flatMap((name) => {
      const value = typed[name]
      return typeof value === 'string' ? [[name, value] as [string, string]] : []
    })
    return kept.length === 0 ? url : `${url}?${new URLSearchParams(kept)}`
  }

  async function endedBecause(request: FastifyRequest, token: string) {
    const { instance, view } = request
    const limits = await rules.of(instance)
    const end = await database.in(instance, (tx) => findEnd(tx, hashToken(token), limits))
    if (end === undefined) return undefined
    return endNotice(texts, view, end, limits, visitFormToken(request, keys.form))
  }
}

function isForm({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'POST' && routeOptions.config.policy?.answers === 'page'
}

/**
 * What an open page shows of the end of its session. `notMe` is the value for the form by which the person says that it was somebody
 * else; it is there when there is somebody to say it of.
 */
export type EndNotice = { reason: string; text: string; notMe?: string }

/** Speaks the person's language, which the browser need not. */
export function endNotice(
  texts: (language: Language) => Translate,
  { language, languages }: Pick<View, 'language' | 'languages'>,
  end: SessionEnd,
  limits: SessionLimits,
  visitToken: string | undefined,
): EndNotice {
  const spoken = languages.find((each) => each === end.language) ?? language
  const notMe = end.mayBeDisputed ? visitToken : undefined
  return { reason: end.reason, text: endText(texts(spoken), spoken, end, limits), ...(notMe !== undefined && { notMe }) }
}

/** What a person reads of the end of their session: what happened, when, to what device, and what whoever ended it said. */
export function endText(t: Translate, language: Language, end: SessionEnd, limits: SessionLimits): string {
  const { reason, at, note, movedTo, timeZone } = end
  const values = { minutes: limits.idleMinutes, hours: limits.longestHours }
  const device = movedTo?.device || t('common:unknown_device')
  return [
    t(`sign-in:ended.${reason}`, values),
    movedTo === null || reason === 'logged_in_again'
      ? t('sign-in:ended_at', { moment: formatMoment(at, language, timeZone) })
      : t('sign-in:ended_moved_to', { moment: formatMoment(at, language, timeZone), device, address: movedTo.address }),
    ...(note === null ? [] : [t('sign-in:ended_note', { note })]),
  ].join(' ')
}

/** The session of a route that only people who are logged in may call. */
export function sessionOf(request: FastifyRequest): LiveSession {
  if (request.session === undefined) throw notSignedIn()
  return request.session
}

export function sessions({ database, keys, rules }: SessionsNeeds): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post('/log-out', { schema: logOutRoute, config: personalPage }, async (request, reply) => {
      await endOwnSession(database, request.instance, sessionOf(request), callerOf(request))
      clearCookie(reply, sessionCookie)
      clearCookie(reply, visitCookie)
      // Source: ASVS 5.0, 14.3.1. Not "cookies": that would make the browser unknown to the person, and to all others at this desk.
      reply.header('clear-site-data', '"cache", "storage"')
      return reply.redirect('/login?bye', 303)
    })

    app.get('/api/session', { schema: currentSessionRoute, config: personalApi({ holdsSecret: true }) }, async (request, reply) =>
      describeSession(request, reply, keys),
    )

    app.post('/api/session/alive', { schema: aliveRoute, config: personalApi({ automatic: true }) }, async (request) => {
      const { id } = sessionOf(request)
      const clock = await signWithoutChannel(database, request.instance, id)
      if (clock === undefined) throw notSignedIn()
      return { warning: runsOut(clock, await rules.of(request.instance)).warning ?? null }
    })

    app.post('/api/session/stay', { schema: stayRoute, config: personalApi() }, async (request, reply) => {
      if (!(await stayActive(database, request.instance, sessionOf(request).id))) throw notSignedIn()
      return reply.code(204).send(null)
    })
  }
}

/** Who is logged in, as the API says, and the value that every change must carry. */
export function describeSession(request: FastifyRequest, reply: FastifyReply, keys: Keys) {
  const { accountId, username, fullName, profileName, permissions, startedAt, device, address, timeZone, authTime, amr } =
    sessionOf(request)
  return {
    accountId,
    username,
    fullName,
    timeZone,
    profile: profileName,
    permissions,
    startedAt: startedAt.toISOString(),
    authTime: authTime.toISOString(),
    amr,
    device,
    address,
    formToken: formToken(request, reply, keys.form),
  }
}
