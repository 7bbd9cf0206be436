// Sign-in: from a username and a password to a session, step by step, each step kept in the database.
// Owns sign_in. The only feature that starts sessions. What can hold a sign-in up: steps.ts.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Language } from '../../contracts/languages.ts'
import { deviceCookie } from '../authenticators/passwords/cookie.ts'
import {
  findPasswordStanding,
  type JudgePasswordNeeds,
  judgePassword,
  PasswordRefused,
  passwordDemands,
  passwordsDiffer,
} from '../authenticators/passwords/passwords.ts'
import { usernameKey } from '../directory/accounts/accounts.ts'
import type { App } from '../platform/app.ts'
import { callerOf } from '../platform/caller.ts'
import { clearCookie, languageCookie, languageDays, readCookie, setCookie } from '../platform/cookie.ts'
import { formToken } from '../platform/forms.ts'
import type { Metrics } from '../platform/metrics.ts'
import { localPath, sendPage } from '../platform/page.ts'
import { publicApi, publicPage } from '../platform/policy.ts'
import { notSignedIn, Problem } from '../platform/problem.ts'
import { hashToken, type Keys, newToken } from '../platform/secret.ts'
import { preferredLanguage, type Translate } from '../platform/text.ts'
import type { RuleBook } from '../rules/rules.ts'
import { sessionCookie } from '../sessions/cookie.ts'
import { endText, findEnd, type LiveSession } from '../sessions/sessions.ts'
import { choosePassword } from './choose-password.ts'
import { signInCookie } from './cookie.ts'
import { disputeMove } from './dispute-move.ts'
import type { Outcome } from './finish-sign-in.ts'
import { type LogIn, type LogInNeeds, logIn } from './log-in.ts'
import { countLogins } from './login-metrics.ts'
import { type ChoosePasswordPage, choosePasswordPage, type LoginPage, loginPage } from './pages.ts'
import {
  buttonRoute,
  checkPasswordRoute,
  choosePasswordRoute,
  languageRoute,
  logInRoute,
  pageRoute,
  takeOverRoute,
  tryAgainRoute,
} from './schemas.ts'
import { takeOver } from './take-over.ts'
import { tryAgain } from './try-again.ts'
import { loginExpired, type StepForm, waitingSignIn } from './waiting-sign-in.ts'

export type { Outcome } from './finish-sign-in.ts'
export type { Hold, Step } from './step.ts'
export { steps } from './steps.ts'
export { signInTidying } from './store.ts'

export type SignInNeeds = LogInNeeds & JudgePasswordNeeds & { answers: SignInAnswers }

/** How what a sign-in has come to is answered and counted, whatever step it comes from. */
export type SignInAnswers = ReturnType<typeof openSignInAnswers>

type AnswerNeeds = {
  keys: Keys
  rules: RuleBook
  metrics: Metrics
  /** Somebody has logged in. */
  onSessionStarted: (instance: { id: string }) => void
  /** Whether the person of a session that has just started lands at a module. */
  landsAtModule: (instance: { id: string }, token: string) => Promise<boolean>
}

export function openSignInAnswers(needs: AnswerNeeds) {
  const countLogin = countLogins(needs.metrics)

  /** Counts it, and sets the cookies and leads on; or shows what is in the way. */
  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    outcome: Outcome,
    deviceToken: string,
    { passwordChosen = false } = {},
  ): Promise<FastifyReply> {
    // Disabled, or given another password, between two steps.
    if (outcome.kind === 'refused') throw loginExpired()
    if (outcome.kind === 'started') {
      needs.onSessionStarted(request.instance)
      setCookie(reply, sessionCookie, outcome.token)
      setCookie(reply, deviceCookie, deviceToken, (await needs.rules.of(request.instance)).deviceDays)
      const lands = outcome.returnTo === home && (await needs.landsAtModule(request.instance, outcome.token))
      return reply.redirect(lands ? landing : outcome.returnTo, 303)
    }
    const { step, waits } = outcome
    if (waits !== undefined) setCookie(reply, signInCookie, waits.token)
    if ('path' in step.page) return reply.redirect(step.page.path, 303)
    const goesOn = waits && { id: waits.id, formToken: formToken(request, reply, needs.keys.form) }
    return sendPage(
      request,
      reply,
      step.page.status,
      step.page.show(request.view, outcome, { passwordChosen, ...(goesOn && { goesOn }) }),
    )
  }

  return {
    answer,
    count: (outcome: Outcome) => countLogin(outcome.kind === 'held' ? outcome.hold.code : outcome.kind),
    countRefusal: (code: string) => countLogin(code),
  }
}

const home = '/home'
/** From where whoever lands at a module goes on. */
const landing = '/home/landing'

/** Speaks to each visitor in a language that the instance offers: the one that was chosen, the browser's, the instance's, or else the first. */
export function offerLanguages(app: App, { rules, texts }: { rules: RuleBook; texts: (language: Language) => Translate }): void {
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.policy?.anyHost) return
    const { languages: offered } = await rules.of(request.instance)
    const wanted = [readCookie(request, languageCookie), preferredLanguage(request.headers['accept-language'], offered)]
    const spoken = [...wanted, request.instance.language].map((each) => offered.find((language) => language === each))
    const language = spoken.find((each) => each !== undefined) ?? offered[0]!
    request.view = { ...request.view, languages: offered, language, t: texts(language) }
  })
}

export function signIn(needs: SignInNeeds): FastifyPluginAsyncTypebox {
  const { database, keys } = needs
  const { answer: answerOutcome, count, countRefusal } = needs.answers

  return async (app) => {
    app.get('/', { schema: pageRoute, config: publicPage }, async (request, reply) =>
      reply.redirect(request.session ? home : '/login', 303),
    )

    app.get('/login', { schema: pageRoute, config: publicPage }, async (request, reply) => {
      const { session } = request
      const next = localPath(request.query.next, '')
      if (session !== undefined && request.query.again !== undefined)
        return showLogin(request, reply, 200, { next, again: true, username: session.username })
      if (session !== undefined) return reply.redirect(next || home, 303)
      const notice = await noticeOf(request)
      return showLogin(request, reply, 200, { next, ...(notice !== undefined && { notice }) })
    })

    app.post('/login', { schema: logInRoute, config: publicPage, errorHandler: loginAgain }, async (request, reply) => {
      const { session, body } = request
      const { username, password } = body
      const next = localPath(body.next, '')
      const again = session !== undefined && body.again !== undefined
      if (session !== undefined) {
        // Who types a name here must not find themselves in the session of another.
        if (isOther(session, username)) throw anotherIsLoggedIn()
        // Logging in over a live session would leave that one behind with nobody to end it.
        if (!again) return reply.redirect(home, 303)
      }
      const deviceToken = deviceOf(request)
      const login: LogIn = { username, password, deviceToken, returnTo: next || home, renews: session?.id }
      const outcome = await logIn(needs, request.instance, login, callerOf(request))
      count(outcome)
      if (outcome.kind === 'refused')
        return showLogin(request, reply, 401, { next, again, username, refusal: await incorrect(request), wrong: true })
      return answerOutcome(request, reply, outcome, deviceToken)
    })

    app.get('/choose-password', { schema: pageRoute, config: publicPage }, async (request, reply) =>
      showChoice(request, reply, 200, { faults: [] }),
    )

    app.post(
      '/choose-password',
      { schema: choosePasswordRoute, config: publicPage, errorHandler: chooseAgain },
      async (request, reply) => {
        const { newPassword, newPasswordAgain, username, signIn: id } = request.body
        if (isOther(request.session, username)) throw anotherIsLoggedIn()
        if (newPassword !== newPasswordAgain) throw passwordsDiffer()
        const deviceToken = deviceOf(request)
        const choice = { token: readCookie(request, signInCookie), id, newPassword, deviceToken }
        const outcome = await chooseOrLogIn(request, choice, username)
        count(outcome)
        clearCookie(reply, signInCookie)
        return answerOutcome(request, reply, outcome, deviceToken, { passwordChosen: true })
      },
    )

    app.post('/take-over', { schema: takeOverRoute, config: publicPage }, async (request, reply) => {
      // Pressed twice: the first one has done it.
      if (request.session) return reply.redirect(home, 303)
      const deviceToken = deviceOf(request)
      const move = { token: readCookie(request, signInCookie), id: request.body.signIn, deviceToken }
      const outcome = await takeOver(needs, request.instance, move, callerOf(request))
      count(outcome)
      clearCookie(reply, signInCookie)
      return answerOutcome(request, reply, outcome, deviceToken)
    })

    app.post('/try-again', { schema: tryAgainRoute, config: publicPage }, async (request, reply) => {
      if (request.session) return reply.redirect(home, 303)
      const deviceToken = deviceOf(request)
      const { signIn: id, step } = request.body
      const again = { token: readCookie(request, signInCookie), id, step, deviceToken }
      const outcome = await tryAgain(needs, request.instance, again, callerOf(request))
      count(outcome)
      clearCookie(reply, signInCookie)
      return answerOutcome(request, reply, outcome, deviceToken)
    })

    app.post('/not-me', { schema: buttonRoute, config: publicPage }, async (request, reply) => {
      const token = readCookie(request, sessionCookie)
      if (token !== undefined) await disputeMove(needs, request.instance, token, callerOf(request))
      return reply.redirect('/login?told', 303)
    })

    app.get('/language', { schema: languageRoute, config: publicPage }, async (request, reply) => {
      const chosen = request.view.languages.find((each) => each === request.query.choose)
      if (chosen !== undefined) setCookie(reply, languageCookie, chosen, languageDays)
      return reply.redirect(localPath(request.query.back, '/'), 303)
    })

    app.post('/api/password-check', { schema: checkPasswordRoute, config: publicApi }, async (request) => {
      const { session, instance } = request
      const token = readCookie(request, signInCookie)
      if (session === undefined && token === undefined) throw notSignedIn()
      const { accountId, username, fullName } = session ?? (await waitingSignIn(needs, instance, token, 'own_password'))
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

  /** Sets the password that was chosen, or logs in with it when that was done already: clicked twice, or the first answer got lost. */
  async function chooseOrLogIn(
    request: FastifyRequest,
    choice: StepForm & { newPassword: string; deviceToken: string },
    username: string,
  ): Promise<Outcome> {
    const { instance, session } = request
    const caller = callerOf(request)
    try {
      return await choosePassword(needs, instance, choice, caller)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'login_expired' || choice.token === undefined) throw error
      const { newPassword: password, deviceToken } = choice
      const outcome = await logIn(
        needs,
        instance,
        { username, password, deviceToken, returnTo: home, renews: session?.id },
        caller,
      )
      if (outcome.kind === 'refused') throw error
      return outcome
    }
  }

  /** Asks the person whose sign-in waits in this browser for a password of their own. */
  async function showChoice(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    faults: Pick<ChoosePasswordPage, 'faults' | 'differ' | 'refusal'>,
  ): Promise<FastifyReply> {
    const { instance } = request
    const { id, accountId, username } = await waitingSignIn(needs, instance, readCookie(request, signInCookie), 'own_password')
    const rules = await needs.rules.of(instance)
    const { state } = await database.in(instance, (tx) => findPasswordStanding(tx, accountId, rules))
    const page = {
      formToken: formToken(request, reply, keys.form),
      id,
      username,
      reason: state === 'initial' || state === 'expired_initial' ? 'initial_password' : 'password_expired',
      demands: await passwordDemands(needs, instance),
      ...faults,
    }
    return sendPage(request, reply, status, choosePasswordPage(request.view, page))
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
    const token = readCookie(request, sessionCookie)
    if (token === undefined) return undefined
    const rules = await needs.rules.of(request.instance)
    const end = await database.in(request.instance, (tx) => findEnd(tx, hashToken(token), rules))
    return end && { text: endText(t, language, end, rules), mayBeDisputed: end.mayBeDisputed }
  }

  /** Shows the login again for whatever stopped it, with the username that was typed. */
  function loginAgain(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (!(error instanceof Problem) || !isTyped(request.body)) throw error
    const { session } = request
    const again = session !== undefined && request.body.again !== undefined
    // They have logged in in another tab since this form was opened.
    if (session !== undefined && !again && error.code !== 'another_is_logged_in') return reply.redirect(home, 303)
    countRefusal(error.code)
    const { username, next } = request.body
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
    if (error.status >= 500) request.log.warn({ err: error })
    const refusal = error.code === 'form_expired' ? request.view.t('sign-in:form_expired') : nextStep(request, error)
    return showLogin(request, reply, error.status, { next: localPath(next, ''), username, again, refusal })
  }

  /** Shows the choice of a password again, naming every rule that was broken. */
  async function chooseAgain(error: Error, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (!(error instanceof Problem) || ['login_expired', 'other_persons_page'].includes(error.code)) throw error
    const faults = error instanceof PasswordRefused ? error.faults : []
    const place = error.code === 'passwords_differ' ? 'differ' : 'refusal'
    return showChoice(request, reply, error.status, {
      faults,
      ...(faults.length === 0 && { [place]: nextStep(request, error) }),
    })
  }
}

const anotherIsLoggedIn = () => new Problem(409, 'another_is_logged_in', 'Somebody else is logged in in this browser.')

/** Whether somebody else than the page names is logged in in its browser. */
function isOther(session: LiveSession | undefined, username: string): boolean {
  return session !== undefined && usernameKey(username) !== usernameKey(session.username)
}

/** By which this browser is known, or will be known once somebody is logged in. */
export function deviceOf(request: FastifyRequest): string {
  return readCookie(request, deviceCookie) ?? newToken()
}

function nextStep({ view }: FastifyRequest, { code, values }: Problem): string {
  return view.t(`problems:${code}.next`, values)
}

function isTyped(body: unknown): body is { username: string; next: string; again?: string } {
  return typeof body === 'object' && body !== null && 'username' in body && typeof body.username === 'string' && 'next' in body
}
