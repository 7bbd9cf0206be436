// Sign-in: from a username and a password to a session, step by step, each step kept in the database.
// Owns pending_login. The only feature that starts sessions.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  judgePassword,
  PasswordRefused,
  type ProvePasswordNeeds,
  passwordDemands,
  passwordsDiffer,
} from '../authenticators/passwords/passwords.ts'
import { callerOf } from '../platform/caller.ts'
import { clearCookie, languageDays, readCookie, setCookie } from '../platform/cookie.ts'
import { formToken } from '../platform/forms.ts'
import type { App } from '../platform/http.ts'
import type { Metrics } from '../platform/metrics.ts'
import { localPath, sendPage } from '../platform/page.ts'
import { notSignedIn, Problem } from '../platform/problem.ts'
import { hashToken, newToken } from '../platform/secret.ts'
import { type Language, preferredLanguage, type Translate } from '../platform/text.ts'
import type { RuleBook } from '../rules/rules.ts'
import { endText, findEnd } from '../sessions/sessions.ts'
import { type ChoosePasswordNeeds, choosePassword, pendingLoginOf } from './choose-password.ts'
import type { LoginOutcome } from './complete-login.ts'
import { disputeMove } from './dispute-move.ts'
import { logIn } from './log-in.ts'
import { choosePasswordPage, type LoginPage, loginPage, stopPage } from './pages.ts'
import { buttonRoute, checkPasswordRoute, choosePasswordRoute, languageRoute, logInRoute, pageRoute } from './schemas.ts'
import { takeOver } from './take-over.ts'

export { removeOldPendingLogins } from './store.ts'

export type SignInNeeds = ProvePasswordNeeds &
  ChoosePasswordNeeds & {
    metrics: Metrics
    /** Somebody has logged in. */
    onSessionStarted: (instance: { id: string }) => void
  }

const home = '/home'
const publicPage = { access: 'public' } as const

/** Speaks to each visitor in a language that the instance offers: the one that was chosen, the browser's, the instance's, or else the first. */
export function offerLanguages(app: App, { rules, texts }: { rules: RuleBook; texts: (language: Language) => Translate }): void {
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.anyHost) return
    const { languages: offered } = await rules.of(request.instance)
    const wanted = [readCookie(request, 'language'), preferredLanguage(request.headers['accept-language'], offered)]
    const spoken = [...wanted, request.instance.language].map((each) => offered.find((language) => language === each))
    const language = spoken.find((each) => each !== undefined) ?? offered[0]!
    request.view = { ...request.view, languages: offered, language, t: texts(language) }
  })
}

export function signIn(needs: SignInNeeds): FastifyPluginAsyncTypebox {
  const { database, keys } = needs

  return async (app) => {
    app.get('/', { schema: pageRoute, config: publicPage }, async (request, reply) =>
      reply.redirect(request.session ? home : '/login', 303),
    )

    app.get('/login', { schema: pageRoute, config: publicPage }, async (request, reply) => {
      const next = localPath(request.query.next, '')
      if (request.session) return reply.redirect(next || home, 303)
      const notice = await noticeOf(request)
      return showLogin(request, reply, 200, { next, ...(notice !== undefined && { notice }) })
    })

    app.post('/login', { schema: logInRoute, config: publicPage, errorHandler: loginAgain }, async (request, reply) => {
      // Logging in over a live session would leave that one behind with nobody to end it.
      if (request.session) return reply.redirect(home, 303)
      const { username, password } = request.body
      const next = localPath(request.body.next, '')
      const deviceToken = deviceOf(request)
      const outcome = await logIn(
        needs,
        request.instance,
        { username, password, deviceToken, returnTo: next || home },
        callerOf(request),
      )
      needs.metrics.logins.inc({ outcome: outcome.kind })
      if (outcome.kind === 'refused')
        return showLogin(request, reply, 401, { next, username, refusal: await incorrect(request), wrong: true })
      return answerOutcome(request, reply, outcome, { deviceToken, passwordChosen: false })
    })

    app.get('/choose-password', { schema: pageRoute, config: publicPage }, async (request, reply) => {
      const { username, reason } = await pendingLoginOf(needs, request.instance, readCookie(request, 'pending'))
      const demands = await passwordDemands(needs, request.instance)
      const page = { formToken: formToken(request, reply, keys.form), username, reason, demands, faults: [] }
      return sendPage(request, reply, 200, choosePasswordPage(request.view, page))
    })

    app.post(
      '/choose-password',
      { schema: choosePasswordRoute, config: publicPage, errorHandler: chooseAgain },
      async (request, reply) => {
        const { newPassword, newPasswordAgain } = request.body
        if (newPassword !== newPasswordAgain) throw passwordsDiffer()
        const token = readCookie(request, 'pending')
        const deviceToken = deviceOf(request)
        const outcome = await chooseOrLogIn(request, token, newPassword, deviceToken)
        needs.metrics.logins.inc({ outcome: outcome.kind })
        clearCookie(reply, 'pending')
        return answerOutcome(request, reply, outcome, { deviceToken, passwordChosen: true })
      },
    )

    app.post('/take-over', { schema: buttonRoute, config: publicPage }, async (request, reply) => {
      // Pressed twice: the first one has done it.
      if (request.session) return reply.redirect(home, 303)
      const deviceToken = deviceOf(request)
      const move = { token: readCookie(request, 'pending'), deviceToken }
      const outcome = await takeOver(needs, request.instance, move, callerOf(request))
      needs.metrics.logins.inc({ outcome: outcome.kind })
      clearCookie(reply, 'pending')
      return answerOutcome(request, reply, outcome, { deviceToken, passwordChosen: false })
    })

    app.post('/not-me', { schema: buttonRoute, config: publicPage }, async (request, reply) => {
      const token = readCookie(request, 'session')
      if (token !== undefined) await disputeMove(needs, request.instance, token, callerOf(request))
      return reply.redirect('/login?told', 303)
    })

    app.get('/language', { schema: languageRoute, config: publicPage }, async (request, reply) => {
      const chosen = request.view.languages.find((each) => each === request.query.choose)
      if (chosen !== undefined) setCookie(reply, 'language', chosen, languageDays)
      return reply.redirect(localPath(request.query.back, '/'), 303)
    })

    app.post('/api/password-check', { schema: checkPasswordRoute, config: publicPage }, async (request) => {
      const { session, instance } = request
      const token = readCookie(request, 'pending')
      if (session === undefined && token === undefined) throw notSignedIn()
      const { accountId, username, fullName } = session ?? (await pendingLoginOf(needs, instance, token))
      const faults = await judgePassword(
        needs,
        await needs.rules.of(instance),
        { username, fullName, instanceName: instance.name },
        request.body.newPassword,
        accountId,
      )
      return { faults: faults.map(({ code }) => code) }
    })
  }

  function showLogin(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    page: Omit<LoginPage, 'formToken'>,
  ): FastifyReply {
    return sendPage(request, reply, status, loginPage(request.view, { formToken: formToken(request, reply, keys.form), ...page }))
  }

  async function answerOutcome(
    request: FastifyRequest,
    reply: FastifyReply,
    outcome: LoginOutcome,
    { deviceToken, passwordChosen }: { deviceToken: string; passwordChosen: boolean },
  ): Promise<FastifyReply> {
    switch (outcome.kind) {
      case 'started':
        needs.onSessionStarted(request.instance)
        setCookie(reply, 'session', outcome.token)
        setCookie(reply, 'device', deviceToken, (await needs.rules.of(request.instance)).deviceDays)
        return reply.redirect(outcome.returnTo, 303)
      case 'choose_password':
        setCookie(reply, 'pending', outcome.token)
        return reply.redirect('/choose-password', 303)
      case 'already_logged_in':
        if (outcome.moveToken !== undefined) setCookie(reply, 'pending', outcome.moveToken)
        return sendPage(
          request,
          reply,
          409,
          stopPage(request.view, outcome, passwordChosen, formToken(request, reply, keys.form)),
        )
      case 'no_seat':
        return sendPage(request, reply, 409, stopPage(request.view, outcome, passwordChosen))
      default:
        return sendPage(request, reply, 403, stopPage(request.view, outcome, passwordChosen))
    }
  }

  /** Sets the password that was chosen, or logs in with it when that was done already: clicked twice, or the first answer got lost. */
  async function chooseOrLogIn(
    request: FastifyRequest,
    token: string | undefined,
    newPassword: string,
    deviceToken: string,
  ): Promise<LoginOutcome> {
    const { instance } = request
    const caller = callerOf(request)
    try {
      return await choosePassword(needs, instance, { token, newPassword, deviceToken }, caller)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'login_expired' || token === undefined) throw error
      const { username } = request.body as { username: string }
      const outcome = await logIn(needs, instance, { username, password: newPassword, deviceToken, returnTo: home }, caller)
      if (outcome.kind === 'refused') throw error
      return outcome
    }
  }

  async function incorrect({ instance, view }: FastifyRequest): Promise<string> {
    return view.t('sign-in:incorrect', { minutes: (await needs.rules.of(instance)).longestWaitMinutes })
  }

  /** Says why the person is here again, when there is a reason. */
  async function noticeOf(request: FastifyRequest): Promise<LoginPage['notice']> {
    const { t, language } = request.view
    const { bye, saved, told } = request.query as { bye?: string; saved?: string; told?: string }
    if (bye !== undefined) return { text: t('sign-in:logged_out') }
    if (saved !== undefined) return { text: t('sign-in:password_saved_log_in') }
    if (told !== undefined) return { text: t('sign-in:not_me_told') }
    const token = readCookie(request, 'session')
    if (token === undefined) return undefined
    const rules = await needs.rules.of(request.instance)
    const end = await database.in(request.instance, (tx) => findEnd(tx, hashToken(token), rules))
    return end && { text: endText(t, language, end, rules), mayBeDisputed: end.mayBeDisputed }
  }

  /** Shows the login again for whatever stopped it, with the username that was typed. */
  function loginAgain(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (!(error instanceof Problem) || !isTyped(request.body)) throw error
    // Somebody has logged in in another tab since this form was opened.
    if (request.session) return reply.redirect(home, 303)
    needs.metrics.logins.inc({ outcome: error.code })
    const { username, next } = request.body
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
    if (error.status >= 500) request.log.warn({ err: error })
    const refusal = error.code === 'form_expired' ? request.view.t('sign-in:form_expired') : nextStep(request, error)
    return showLogin(request, reply, error.status, { next: localPath(next, ''), username, refusal })
  }

  /** Shows the choice of a password again, naming every rule that was broken. */
  async function chooseAgain(error: Error, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (!(error instanceof Problem) || error.code === 'login_expired') throw error
    const { username, reason } = await pendingLoginOf(needs, request.instance, readCookie(request, 'pending'))
    const faults = error instanceof PasswordRefused ? error.faults : []
    const page = {
      formToken: formToken(request, reply, keys.form),
      username,
      reason,
      demands: await passwordDemands(needs, request.instance),
      faults,
      ...(faults.length === 0 && { [error.code === 'passwords_differ' ? 'differ' : 'refusal']: nextStep(request, error) }),
    }
    return sendPage(request, reply, error.status, choosePasswordPage(request.view, page))
  }
}

/** By which this browser is known, or will be known once somebody is logged in. */
function deviceOf(request: FastifyRequest): string {
  return readCookie(request, 'device') ?? newToken()
}

function nextStep({ view }: FastifyRequest, { code, values }: Problem): string {
  return view.t(`problems:${code}.next`, values)
}

function isTyped(body: unknown): body is { username: string; next: string } {
  return typeof body === 'object' && body !== null && 'username' in body && typeof body.username === 'string' && 'next' in body
}
