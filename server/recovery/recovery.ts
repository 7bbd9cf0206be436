// Recovery: getting back in without the password, by a link in a message or through a supervisor.
// Owns recovery_ask, recovery_address, recovery_hour, recovery_network, recovery_link and recovery_request. Knows nothing of sign-in: it logs nobody in.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { slipBody } from '../administration/users/make-slips.ts'
import { deviceCookie } from '../authenticators/passwords/cookie.ts'
import { judgePassword, PasswordRefused, passwordDemands, passwordsDiffer } from '../authenticators/passwords/passwords.ts'
import { actingAccount } from '../directory/accounts/accounts.ts'
import { callerOf } from '../platform/caller.ts'
import { clearCookie, readCookie, setCookie } from '../platform/cookie.ts'
import { formToken } from '../platform/forms.ts'
import type {} from '../platform/notices.ts'
import { sendPage } from '../platform/page.ts'
import { apiFor, publicApi, publicPage } from '../platform/policy.ts'
import { Problem } from '../platform/problem.ts'
import { sessionOf } from '../sessions/sessions.ts'
import { askForRecovery } from './ask-for-recovery.ts'
import { type CompleteRecoveryNeeds, completeRecovery, linkOwner } from './complete-recovery.ts'
import { recoveryCookie } from './cookie.ts'
import { askedPage, forgotPasswordPage, linkInvalidPage, newPasswordPage } from './pages.ts'
import { linkInvalid } from './problems.ts'
import { listOpenRequests, type OpenRequest } from './request-store.ts'
import {
  answerRecoveryRequestRoute,
  checkRecoveryPasswordRoute,
  forgotPasswordPageRoute,
  forgotPasswordRoute,
  listRecoveryRequestsRoute,
  recoverPageRoute,
  recoverRoute,
  refuseRecoveryRequestRoute,
} from './schemas.ts'
import { answerRequest, refuseRequest } from './settle-request.ts'
import type { LinkOwner } from './store.ts'

export { decideRecovery } from './decide-recovery.ts'
export { makeRecoveryLink } from './make-recovery-link.ts'
export { openRecoveryMetrics } from './recovery-metrics.ts'
export { recoveryTidying } from './store.ts'

declare module '../platform/notices.ts' {
  interface NoticeKinds {
    /** A recovery request of somebody of this team has come or gone. */
    requests: { instance: string; team: string | null }
  }
}

const answers = apiFor('requests.answer')

export function recovery(needs: CompleteRecoveryNeeds): FastifyPluginAsyncTypebox {
  const { database, keys } = needs

  return async (app) => {
    app.get('/forgot-password', { schema: forgotPasswordPageRoute, config: publicPage }, async (request, reply) =>
      request.query.asked === undefined
        ? showForgotten(request, reply, 200, {})
        : sendPage(request, reply, 200, askedPage(request.view, (await needs.rules.of(request.instance)).resetLinkMinutes)),
    )

    app.post(
      '/forgot-password',
      { schema: forgotPasswordRoute, config: publicPage, errorHandler: askAgain },
      async (request, reply) => {
        const ask = { username: request.body.username, deviceToken: readCookie(request, deviceCookie) }
        await askForRecovery(needs, request.instance, ask, callerOf(request))
        return reply.redirect('/forgot-password?asked', 303)
      },
    )

    app.get('/recover', { schema: recoverPageRoute, config: publicPage, errorHandler: recoverAgain }, async (request, reply) => {
      const { token } = request.query
      // Out of the address at once, into a cookie: so it stands in no history, in no picture of the screen, and on no page that links on.
      if (token !== undefined && /^[\w-]{43}$/.test(token)) {
        setCookie(reply, recoveryCookie, token, 1 / 24)
        return reply.redirect('/recover', 303)
      }
      if (token !== undefined) throw linkInvalid()
      const { username, linkId } = await ownerOf(request)
      const demands = await passwordDemands(needs, request.instance)
      const page = { formToken: formToken(request, reply, keys.form), linkId, username, demands, faults: [] }
      return sendPage(request, reply, 200, newPasswordPage(request.view, page))
    })

    app.post('/recover', { schema: recoverRoute, config: publicPage, errorHandler: recoverAgain }, async (request, reply) => {
      const { newPassword, newPasswordAgain, link: linkId } = request.body
      const token = readCookie(request, recoveryCookie)
      if (newPassword !== newPasswordAgain) throw passwordsDiffer()
      await completeRecovery(needs, request.instance, { token, linkId, newPassword }, callerOf(request))
      clearCookie(reply, recoveryCookie)
      return reply.redirect('/login?saved', 303)
    })

    app.post('/api/recovery/password-check', { schema: checkRecoveryPasswordRoute, config: publicApi }, async (request) => {
      const { accountId, username, fullName } = await ownerOf(request)
      const faults = await judgePassword(
        needs,
        await needs.rules.of(request.instance),
        { username, fullName, instanceName: request.instance.name },
        request.body.newPassword,
        accountId,
      )
      return { faults: faults.map(({ code }) => code) }
    })

    // The console asks for it by itself every few seconds, which is nobody's action.
    app.get(
      '/api/recovery-requests',
      { schema: listRecoveryRequestsRoute, config: apiFor('requests.answer', { automatic: true }) },
      async (request) =>
        database.in(request.instance, async (tx) => {
          const acting = await actingAccount(tx, sessionOf(request).accountId, 'requests.answer')
          return { requests: (await listOpenRequests(tx, acting)).map(listed) }
        }),
    )

    app.post('/api/recovery-requests/:id/answer', { schema: answerRecoveryRequestRoute, config: answers }, async (request) => {
      const actorId = sessionOf(request).accountId
      return { slip: slipBody(await answerRequest(needs, request.instance, actorId, request.params.id, callerOf(request))) }
    })

    app.post(
      '/api/recovery-requests/:id/refuse',
      { schema: refuseRecoveryRequestRoute, config: answers },
      async (request, reply) => {
        const { params, body } = request
        const actorId = sessionOf(request).accountId
        await refuseRequest(needs, request.instance, actorId, params.id, body.reason.trim(), callerOf(request))
        return reply.code(204).send(null)
      },
    )
  }

  function ownerOf(request: FastifyRequest): Promise<LinkOwner> {
    return linkOwner(needs, request.instance, readCookie(request, recoveryCookie))
  }

  function showForgotten(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    page: { username?: string; refusal?: string },
  ): FastifyReply {
    return sendPage(
      request,
      reply,
      status,
      forgotPasswordPage(request.view, { formToken: formToken(request, reply, keys.form), ...page }),
    )
  }

  /** Shows the form again for whatever stopped it, with the username that was typed. */
  function askAgain(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { username } = (request.body ?? {}) as { username?: unknown }
    if (!(error instanceof Problem) || typeof username !== 'string') throw error
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
    if (error.status >= 500) request.log.warn({ err: error })
    return showForgotten(request, reply, error.status, { username, refusal: nextStep(request, error) })
  }

  /** Shows the choice of a password again, naming every rule that was broken; or that the link does not work. */
  async function recoverAgain(error: Error, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (!(error instanceof Problem)) throw error
    if (error.code === 'recovery_link_invalid') return showInvalid(request, reply)
    if (request.method !== 'POST' || error.code === 'other_persons_page') throw error
    let owner: LinkOwner
    try {
      owner = await ownerOf(request)
    } catch (other) {
      if (other instanceof Problem && other.code === 'recovery_link_invalid') return showInvalid(request, reply)
      throw other
    }
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
    const faults = error instanceof PasswordRefused ? error.faults : []
    const page = {
      formToken: formToken(request, reply, keys.form),
      linkId: owner.linkId,
      username: owner.username,
      demands: await passwordDemands(needs, request.instance),
      faults,
      ...(faults.length === 0 && { [error.code === 'passwords_differ' ? 'differ' : 'refusal']: nextStep(request, error) }),
    }
    return sendPage(request, reply, error.status, newPasswordPage(request.view, page))
  }
}

/** One page for every link that does not work, with the way to a new one. */
function showInvalid(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  clearCookie(reply, recoveryCookie)
  return sendPage(request, reply, linkInvalid().status, linkInvalidPage(request.view))
}

function nextStep({ view }: FastifyRequest, { code, values }: Problem): string {
  return code === 'form_expired' ? view.t('recovery:form_expired') : view.t(`problems:${code}.next`, values)
}

function listed({ openedAt, askedAt, expiresAt, ...request }: OpenRequest) {
  return {
    ...request,
    openedAt: openedAt.toISOString(),
    askedAt: askedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
}
