// My security: the own second factors and the last logins. What changes a factor takes a proof that is minutes old.
// Owns no table.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FactorKind } from '../../../contracts/factors.ts'
import { findFactorStanding, findPendingTotp, listFactors, setUpOptions } from '../../authenticators/factors/factors.ts'
import { callerOf } from '../../platform/caller.ts'
import { formToken } from '../../platform/forms.ts'
import { sendPage } from '../../platform/page.ts'
import { personalPage } from '../../platform/policy.ts'
import { Problem } from '../../platform/problem.ts'
import { listOwnSessions, sessionOf } from '../../sessions/sessions.ts'
import {
  addPasskey,
  beginFactor,
  finishFactor,
  kindsToAdd,
  nameFactor,
  needsSupervisor,
  removeFactor,
  type SecurityNeeds,
} from './change-factors.ts'
import { securityPage, setUpPage } from './pages.ts'
import { beginRoute, finishRoute, passkeyRoute, removeRoute, renameRoute, securityRoute, setUpRoute } from './schemas.ts'

const shownSessions = 10

/** `originOf`: where a page that was asked for stands, as its browser knows it. */
type SecurityRouteNeeds = SecurityNeeds & { originOf: (request: FastifyRequest) => string }

export function security(needs: SecurityRouteNeeds): FastifyPluginAsyncTypebox {
  const { database, keys } = needs

  return async (app) => {
    app.get('/security', { schema: securityRoute, config: personalPage }, async (request, reply) => {
      const { instance, view } = request
      const { id, accountId, timeZone } = sessionOf(request)
      const [standing, factors, sessions] = await database.in(instance, (tx) =>
        Promise.all([
          findFactorStanding(tx, accountId),
          listFactors(tx, accountId),
          listOwnSessions(tx, accountId, shownSessions),
        ]),
      )
      const page = {
        formToken: formToken(request, reply, keys.form),
        timeZone,
        factors,
        kinds: kindsToAdd(standing),
        isOff: standing.demand === 'off',
        needsSupervisor: needsSupervisor(standing),
        sessions,
        sessionId: id,
        done: doneText(request, request.query),
      }
      return sendPage(request, reply, 200, securityPage(view, page))
    })

    const changes = { config: personalPage, errorHandler: proveAgain }
    app.post('/security/begin', { schema: beginRoute, ...changes }, async (request, reply) => {
      const { kind } = request.body
      const { codes } = await beginFactor(needs, request.instance, sessionOf(request), kind, callerOf(request))
      if (codes === undefined) return reply.redirect(`/security/set-up?kind=${kind}`, 303)
      return showSetUp(request, reply, 200, 'code_sheet', { codes })
    })

    app.get('/security/set-up', { schema: setUpRoute, config: personalPage }, async (request, reply) => {
      const { kind } = request.query
      if (kind !== 'totp' && kind !== 'code_sheet' && kind !== 'passkey') return reply.redirect('/security', 303)
      return showSetUp(request, reply, 200, kind)
    })

    app.post('/security/finish', { schema: finishRoute, ...changes }, async (request, reply) => {
      const { kind, code } = request.body
      const done = await finishFactor(needs, request.instance, sessionOf(request), { kind, code }, callerOf(request))
      if (done !== undefined) {
        const minutes = Math.abs(done.minutesAhead)
        return reply.redirect(`/security?done=added${minutes > 0 ? `&minutes=${minutes}` : ''}`, 303)
      }
      return showSetUp(request, reply, 422, kind, { wrong: request.view.t(`second-factor:set_up.wrong.${kind}`) })
    })

    app.post('/security/passkey', { schema: passkeyRoute, ...changes }, async (request, reply) => {
      const place = { instance: request.instance, origin: needs.originOf(request) }
      const added = await addPasskey(needs, place, sessionOf(request), request.body.answer, callerOf(request))
      if (added) return reply.redirect('/security?done=added', 303)
      return showSetUp(request, reply, 422, 'passkey', { wrong: request.view.t('second-factor:set_up.wrong.passkey') })
    })

    app.post('/security/remove', { schema: removeRoute, ...changes }, async (request, reply) => {
      await removeFactor(needs, request.instance, sessionOf(request), request.body.factor, callerOf(request))
      return reply.redirect('/security?done=removed', 303)
    })

    app.post('/security/rename', { schema: renameRoute, ...changes }, async (request, reply) => {
      const { factor: factorId, name } = request.body
      await nameFactor(needs, request.instance, sessionOf(request), { factorId, name }, callerOf(request))
      return reply.redirect('/security?done=renamed', 303)
    })
  }

  /** What is being set up: an app with its secret, or a sheet, whose codes are shown where they were just made and nowhere else. */
  async function showSetUp(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    kind: FactorKind,
    { codes, wrong }: { codes?: readonly string[]; wrong?: string } = {},
  ): Promise<FastifyReply> {
    const { instance } = request
    const { id, accountId, username } = sessionOf(request)
    const secret =
      kind === 'totp'
        ? await database.in(instance, (tx) => findPendingTotp(tx, keys, { instance, accountId, madeFor: id }))
        : undefined
    if (kind === 'totp' && secret === undefined) return reply.redirect('/security', 303)
    const options =
      kind === 'passkey'
        ? await database.in(instance, (tx) => setUpOptions(tx, keys, request, id, { accountId, username }))
        : undefined
    const what =
      options !== undefined
        ? { kind: 'passkey' as const, options }
        : secret === undefined
          ? { kind: 'code_sheet' as const, codes }
          : { kind: 'totp' as const, secret }
    const page = { formToken: formToken(request, reply, keys.form), username, instanceName: instance.name, wrong, ...what }
    return sendPage(request, reply, status, setUpPage(request.view, page))
  }
}

/** Whose proof is too old proves anew who they are, and is then where they were. */
function proveAgain(error: Error, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof Problem && error.code === 'proof_too_old') return reply.redirect('/login?again&next=/security', 303)
  throw error
}

function doneText({ view: { t } }: FastifyRequest, { done, minutes }: { done?: string; minutes?: string }): string | undefined {
  if (done !== 'added' && done !== 'removed' && done !== 'renamed') return undefined
  const clock = /^\d{1,3}$/.test(minutes ?? '') ? ` ${t('second-factor:mine.clock', { minutes })}` : ''
  return t(`second-factor:mine.done.${done}`) + clock
}
