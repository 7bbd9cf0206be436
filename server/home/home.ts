// Home: what everybody has who is logged in. Who I am, my session, Change Password, Language.
// Owns no table.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findFactorStanding } from '../authenticators/factors/factors.ts'
import { deviceCookie } from '../authenticators/passwords/cookie.ts'
import {
  findComingExpiry,
  type JudgePasswordNeeds,
  PasswordRefused,
  type ProvePasswordNeeds,
  passwordDemands,
  passwordsDiffer,
} from '../authenticators/passwords/passwords.ts'
import { hasFactor, requireOwnProof } from '../credentials/credentials.ts'
import { updateLanguage } from '../directory/accounts/accounts.ts'
import { findLanding, listTiles } from '../outward/modules/modules.ts'
import type { App } from '../platform/app.ts'
import { callerOf } from '../platform/caller.ts'
import { languageCookie, languageDays, readCookie, setCookie } from '../platform/cookie.ts'
import { formToken } from '../platform/forms.ts'
import { sendPage } from '../platform/page.ts'
import { automaticPage, personalPage, publicPage } from '../platform/policy.ts'
import { Problem } from '../platform/problem.ts'
import type { Keys } from '../platform/secret.ts'
import { sessionCookie } from '../sessions/cookie.ts'
import { sessionOf } from '../sessions/sessions.ts'
import { changePassword } from './change-password.ts'
import {
  type ChangePasswordPage,
  changePasswordPage,
  homePage,
  landingPage,
  languagePage,
  type SignedIn,
  signedInFrame,
} from './pages.ts'
import { changeLanguageRoute, changePasswordRoute, languagePageRoute, pageRoute, wellKnownRoute } from './schemas.ts'

export type HomeNeeds = ProvePasswordNeeds & JudgePasswordNeeds & { keys: Keys }

/** Puts the user menu on every page of somebody who is logged in, on those of problems too. Source: ASVS 5.0, 7.4.4. */
export function frameSignedInPages(app: App, { keys, rules }: Pick<HomeNeeds, 'keys' | 'rules'>): void {
  app.addHook('onRequest', async (request, reply) => {
    const { session, view } = request
    if (session === undefined) return
    const { closingSeconds } = session
    const closesSoon = closingSeconds !== null && closingSeconds <= (await rules.of(request.instance)).warningMinutes * 60
    request.view = {
      ...view,
      frame: () => signedInFrame(request.view, { session, closesSoon, formToken: formToken(request, reply, keys.form) }),
    }
  })
}

export function home(needs: HomeNeeds): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/home', { schema: pageRoute, config: personalPage }, showHome)
    // The same page, asked for by itself where there are no scripts: a sign of life, and nobody's action.
    app.get('/home/still', { schema: pageRoute, config: automaticPage }, showHome)

    // Where whoever lands at a module comes from the login, whose form may lead to no other site.
    app.get('/home/landing', { schema: pageRoute, config: personalPage }, async (request, reply) => {
      const module = await needs.database.in(request.instance, (tx) => findLanding(tx, sessionOf(request).accountId))
      return module === undefined
        ? reply.redirect('/home', 303)
        : sendPage(request, reply, 200, landingPage(request.view, module))
    })

    // Where programs that keep passwords lead a person to. Source: W3C, A Well-Known URL for Changing Passwords, 3.
    app.get('/.well-known/change-password', { schema: wellKnownRoute, config: publicPage }, async (_request, reply) =>
      reply.redirect('/change-password', 303),
    )
    app.get(
      '/change-password',
      { schema: pageRoute, config: personalPage, errorHandler: changeAgain },
      async (request, reply) => {
        // Asked before anything is typed, and again when it is sent.
        await needs.database.in(request.instance, async (tx) => {
          const session = sessionOf(request)
          if (hasFactor(await findFactorStanding(tx, session.accountId))) await requireOwnProof(tx, session)
        })
        return showChange(request, reply, 200, { faults: [] })
      },
    )

    app.post(
      '/change-password',
      { schema: changePasswordRoute, config: personalPage, errorHandler: changeAgain },
      async (request, reply) => {
        const { currentPassword, newPassword, newPasswordAgain } = request.body
        if (newPassword !== newPasswordAgain) throw passwordsDiffer()
        const change = { currentPassword, newPassword, deviceToken: readCookie(request, deviceCookie) }
        setCookie(
          reply,
          sessionCookie,
          await changePassword(needs, request.instance, sessionOf(request), change, callerOf(request)),
        )
        return reply.redirect('/home?done=password', 303)
      },
    )

    app.get('/change-language', { schema: languagePageRoute, config: personalPage }, async (request, reply) =>
      sendPage(request, reply, 200, languagePage(request.view, signedIn(request, reply), request.query.language)),
    )

    const keepsLanguage = { policy: { ...personalPage.policy, keeps: ['language'] } } as const
    app.post('/change-language', { schema: changeLanguageRoute, config: keepsLanguage }, async (request, reply) => {
      const language = request.view.languages.find((each) => each === request.body.language)
      if (language !== undefined) {
        await needs.database.in(request.instance, (tx) => updateLanguage(tx, sessionOf(request).accountId, language))
        // So that the login page of this browser speaks it too.
        setCookie(reply, languageCookie, language, languageDays)
      }
      return reply.redirect('/home', 303)
    })
  }

  async function showHome(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { done: what, find = '' } = request.query as { done?: string; find?: string }
    const done = what === 'password' ? request.view.t('home:password_changed') : undefined
    const { expiryDays } = await needs.rules.of(request.instance)
    const passwordExpiresAt =
      expiryDays === 0
        ? undefined
        : await needs.database.in(request.instance, (tx) => findComingExpiry(tx, sessionOf(request).accountId, expiryDays))
    const tiles = await needs.database.in(request.instance, (tx) => listTiles(tx, sessionOf(request).accountId))
    return sendPage(
      request,
      reply,
      200,
      homePage(request.view, signedIn(request, reply), { done, passwordExpiresAt, tiles, find: find.trim() }),
    )
  }

  function signedIn(request: FastifyRequest, reply: FastifyReply): SignedIn {
    return { session: sessionOf(request), formToken: formToken(request, reply, needs.keys.form) }
  }

  async function showChange(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    page: Omit<ChangePasswordPage, 'demands'>,
  ): Promise<FastifyReply> {
    const demands = await passwordDemands(needs, request.instance)
    return sendPage(request, reply, status, changePasswordPage(request.view, signedIn(request, reply), { demands, ...page }))
  }

  /** Shows the form again, with every fault beside its field. */
  async function changeAgain(error: Error, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (
      !(error instanceof Problem) ||
      request.session === undefined ||
      error.code === 'form_expired' ||
      error.code === 'not_signed_in'
    )
      throw error
    if (error.code === 'proof_too_old') return reply.redirect('/login?again&next=/change-password', 303)
    if (error instanceof PasswordRefused) return showChange(request, reply, error.status, { faults: error.faults })
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
    const text = request.view.t(`problems:${error.code}.next`, error.values)
    return showChange(request, reply, error.status, {
      faults: [],
      [placeOf(error)]: text,
    })
  }
}

/** Where on the form a refusal belongs. */
function placeOf({ code }: Problem): 'wrongCurrent' | 'differ' | 'refusal' {
  if (code === 'current_password_wrong') return 'wrongCurrent'
  return code === 'passwords_differ' ? 'differ' : 'refusal'
}
