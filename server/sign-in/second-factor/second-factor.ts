// The second factor: what stands between a right password and a session for whoever has one, or needs one.
// Owns no table: the sign-in that waits is sign-in's, and what it waits for the authenticators'.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type FactorKind, factorKinds } from '../../../contracts/factors.ts'
import {
  factorOptions,
  findFactorStanding,
  findPendingTotp,
  findSheet,
  listPasskeys,
  loginOptions,
  setUpOptions,
  vouchNumber,
} from '../../authenticators/factors/factors.ts'
import { deviceCookie } from '../../authenticators/passwords/cookie.ts'
import { callerOf } from '../../platform/caller.ts'
import { readCookie } from '../../platform/cookie.ts'
import { formToken } from '../../platform/forms.ts'
import { localPath, sendPage } from '../../platform/page.ts'
import { publicApi, publicPage } from '../../platform/policy.ts'
import { formatMoment } from '../../platform/text.ts'
import { signInCookie } from '../cookie.ts'
import { loginPage } from '../pages.ts'
import { deviceOf, type Outcome, type SignInAnswers } from '../sign-in.ts'
import { loginExpired, type SignInOwner, waitingSignIn } from '../waiting-sign-in.ts'
import { beginEnrolment, finishEnrolment, mayBind, offeredKinds, putOffEnrolment } from './enrol.ts'
import { enrolmentPage, secondFactorPage, setUpPage, waitPage } from './pages.ts'
import { type ProvenFactor, proveFactor, type SecondFactorNeeds } from './prove-factor.ts'
import {
  askRoute,
  beginRoute,
  enrolmentRoute,
  passkeyLoginRoute,
  passkeyOptionsRoute,
  passkeyRoute,
  proveRoute,
  secondFactorRoute,
  vouchStandingRoute,
  waitRoute,
} from './schemas.ts'
import { enrolPasskey, logInByPasskey, provePasskey } from './use-passkey.ts'
import { askSupervisor, goOnVouched, standingOfVouch, vouchedSteps } from './wait-for-supervisor.ts'

/** Asked for by a script of the page, and no action of a person. */
const asksByItself = { policy: { ...publicApi.policy, automatic: true } } as const

export type SecondFactorRouteNeeds = SecondFactorNeeds & {
  answers: SignInAnswers
  /** Where a page that was asked for stands, as its browser knows it. */
  originOf: (request: FastifyRequest) => string
}

export function secondFactor(needs: SecondFactorRouteNeeds): FastifyPluginAsyncTypebox {
  const { database, keys, answers, originOf } = needs

  return async (app) => {
    app.get('/second-factor', { schema: secondFactorRoute, config: publicPage }, async (request, reply) =>
      showFactor(request, reply, 200, request.query.use),
    )

    app.post('/second-factor', { schema: proveRoute, config: publicPage }, async (request, reply) => {
      const { signIn: id, kind, code } = request.body
      const deviceToken = deviceOf(request)
      const proof = { ...formOf(request, id), kind, code, deviceToken }
      const proven = await proveFactor(needs, request.instance, proof, callerOf(request))
      if (proven.kind === 'wrong' || proven.kind === 'waits') {
        answers.countRefusal(proven.kind === 'wrong' ? 'wrong_factor' : 'factor_waits')
        return showFactor(request, reply, proven.kind === 'wrong' ? 401 : 429, kind, proven)
      }
      return goOn(request, reply, proven, deviceToken)
    })

    app.post('/second-factor/passkey', { schema: passkeyRoute, config: publicPage }, async (request, reply) => {
      const { signIn: id, answer } = request.body
      const deviceToken = deviceOf(request)
      const proof = { ...formOf(request, id), answer, deviceToken }
      const proven = await provePasskey(needs, placeOf(request), proof, callerOf(request))
      if (proven.kind !== 'wrong') return goOn(request, reply, proven, deviceToken)
      answers.countRefusal('wrong_factor')
      return showFactor(request, reply, 401, 'passkey', proven)
    })

    app.get('/api/passkey-options', { schema: passkeyOptionsRoute, config: asksByItself }, async (request) => {
      const { allowCredentials: _, ...options } = loginOptions(keys, request, subjectOf(request))
      return { ...options, allowCredentials: [] }
    })

    app.post('/login/passkey', { schema: passkeyLoginRoute, config: publicPage }, async (request, reply) => {
      const { session, body } = request
      const again = session !== undefined && body.again !== undefined
      if (session !== undefined && !again) return reply.redirect('/home', 303)
      const next = localPath(body.next, '')
      const deviceToken = deviceOf(request)
      const subject = subjectOf(request)
      const login = { answer: body.answer, subject, deviceToken, returnTo: next || '/home', renews: session }
      const outcome = await logInByPasskey(needs, placeOf(request), login, callerOf(request))
      if (outcome.kind !== 'wrong') return goOn(request, reply, outcome, deviceToken)
      answers.countRefusal('wrong_factor')
      const refusal = request.view.t('second-factor:wrong.passkey')
      const username = again ? session.username : ''
      const page = { formToken: formToken(request, reply, keys.form), next, again, username, refusal }
      return sendPage(request, reply, 401, loginPage(request.view, page))
    })

    app.post('/second-factor/vouch', { schema: askRoute, config: publicPage }, async (request, reply) => {
      const { signIn: id } = request.body
      const deviceToken = readCookie(request, deviceCookie)
      await askSupervisor(needs, request.instance, { ...formOf(request, id), deviceToken }, callerOf(request))
      return reply.redirect(`/second-factor/wait?signIn=${encodeURIComponent(id)}`, 303)
    })

    // The id in the address stands for the value of a form: it is random, and no other site can know it.
    app.get('/second-factor/wait', { schema: waitRoute, config: publicPage }, async (request, reply) => {
      const id = request.query.signIn ?? ''
      const deviceToken = deviceOf(request)
      const form = formOf(request, id)
      const outcome = await goOnVouched(needs, request.instance, { ...form, deviceToken }, callerOf(request))
      if (outcome !== undefined) return goOn(request, reply, outcome, deviceToken)
      const owner = await ownerOf(request, ...vouchedSteps)
      const vouch = await standingOfVouch(needs, request.instance, owner.id)
      if (vouch === undefined || vouch.state === 'used') throw loginExpired()
      const number = vouchNumber(keys, request.instance, vouch.id)
      const page = { ...waiting(request, reply, owner), state: vouch.state, number, username: owner.username }
      return sendPage(request, reply, 200, waitPage(request.view, page))
    })

    app.get('/api/sign-in/vouch', { schema: vouchStandingRoute, config: asksByItself }, async (request) => {
      const { id } = await ownerOf(request, ...vouchedSteps)
      const state = (await standingOfVouch(needs, request.instance, id))?.state
      return { state: state === 'waits' || state === 'vouched' ? state : ('over' as const) }
    })

    app.get('/enrolment', { schema: enrolmentRoute, config: publicPage }, async (request, reply) => {
      const { kind } = request.query
      if (kind === 'totp' || kind === 'code_sheet' || kind === 'passkey') return showSetUp(request, reply, 200, kind)
      return showEnrolment(request, reply)
    })

    app.post('/enrolment/begin', { schema: beginRoute, config: publicPage }, async (request, reply) => {
      const { signIn: id, kind } = request.body
      const { codes } = await beginEnrolment(needs, request.instance, { ...formOf(request, id), kind }, callerOf(request))
      if (codes === undefined) return reply.redirect(`/enrolment?kind=${kind}`, 303)
      return showSetUp(request, reply, 200, 'code_sheet', { codes })
    })

    app.post('/enrolment', { schema: proveRoute, config: publicPage }, async (request, reply) => {
      const { signIn: id, kind, code } = request.body
      const deviceToken = deviceOf(request)
      const finish = { ...formOf(request, id), kind, code, deviceToken }
      const outcome = await finishEnrolment(needs, request.instance, finish, callerOf(request))
      if (outcome.kind !== 'wrong') return goOn(request, reply, outcome, deviceToken)
      return showSetUp(request, reply, 422, kind, { wrong: request.view.t(`second-factor:set_up.wrong.${kind}`) })
    })

    app.post('/enrolment/passkey', { schema: passkeyRoute, config: publicPage }, async (request, reply) => {
      const { signIn: id, answer } = request.body
      const deviceToken = deviceOf(request)
      const enrol = { ...formOf(request, id), answer, deviceToken }
      const outcome = await enrolPasskey(needs, placeOf(request), enrol, callerOf(request))
      if (outcome.kind !== 'wrong') return goOn(request, reply, outcome, deviceToken)
      return showSetUp(request, reply, 422, 'passkey', { wrong: request.view.t('second-factor:set_up.wrong.passkey') })
    })

    app.post('/enrolment/later', { schema: askRoute, config: publicPage }, async (request, reply) => {
      const deviceToken = deviceOf(request)
      const later = { ...formOf(request, request.body.signIn), deviceToken }
      return goOn(request, reply, await putOffEnrolment(needs, request.instance, later, callerOf(request)), deviceToken)
    })
  }

  function placeOf(request: FastifyRequest) {
    return { instance: request.instance, origin: originOf(request) }
  }

  function goOn(request: FastifyRequest, reply: FastifyReply, outcome: Outcome, deviceToken: string): Promise<FastifyReply> {
    answers.count(outcome)
    return answers.answer(request, reply, outcome, deviceToken)
  }

  function ownerOf(request: FastifyRequest, ...steps: string[]): Promise<SignInOwner> {
    return waitingSignIn(needs, request.instance, readCookie(request, signInCookie), ...steps)
  }

  function waiting(request: FastifyRequest, reply: FastifyReply, { id }: SignInOwner) {
    return { id, formToken: formToken(request, reply, keys.form) }
  }

  /** Asks for a factor: for what was chosen, or for the strongest that the person has. */
  async function showFactor(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    use: string | undefined,
    refused?: Extract<ProvenFactor, { kind: 'wrong' | 'waits' }>,
  ): Promise<FastifyReply> {
    const owner = await ownerOf(request, 'second_factor')
    const [standing, sheet, passkeys] = await database.in(request.instance, (tx) =>
      Promise.all([
        findFactorStanding(tx, owner.accountId),
        findSheet(tx, owner.accountId, { state: 'live' }),
        listPasskeys(tx, owner.accountId),
      ]),
    )
    const usable = usableKinds(standing)
    const kind = usable.find((each) => each === use) ?? usable[0] ?? 'code_sheet'
    const page = {
      ...waiting(request, reply, owner),
      kind,
      others: usable.filter((each) => each !== kind),
      sheet: sheet && { number: sheet.number, left: sheet.codes - sheet.number + 1 },
      keyOptions: kind === 'passkey' ? factorOptions(keys, request, owner.id, passkeys) : undefined,
      mayAskSupervisor: standing.vouching,
      wrong: refused && refusalText(request, kind, sheet?.number, refused),
    }
    return sendPage(request, reply, status, secondFactorPage(request.view, page))
  }

  async function showEnrolment(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const owner = await ownerOf(request, 'enrolment')
    const standing = await database.in(request.instance, (tx) => findFactorStanding(tx, owner.accountId))
    const page = {
      ...waiting(request, reply, owner),
      username: owner.username,
      reason: standing.wasReset ? ('factors_reset' as const) : ('enrolment' as const),
      kinds: offeredKinds(standing),
      mayBind: mayBind(standing, owner.proofs),
      mayAskSupervisor: standing.vouching,
      grace: standing.grace,
      timeZone: owner.timeZone,
    }
    return sendPage(request, reply, 200, enrolmentPage(request.view, page))
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
    const owner = await ownerOf(request, 'enrolment')
    const setUp = { instance, accountId: owner.accountId, madeFor: owner.id }
    const secret = kind === 'totp' ? await database.in(instance, (tx) => findPendingTotp(tx, keys, setUp)) : undefined
    if (kind === 'totp' && secret === undefined) return reply.redirect('/enrolment', 303)
    const options =
      kind === 'passkey' ? await database.in(instance, (tx) => setUpOptions(tx, keys, request, owner.id, owner)) : undefined
    const what =
      options !== undefined
        ? { kind: 'passkey' as const, options }
        : secret === undefined
          ? { kind: 'code_sheet' as const, codes }
          : { kind: 'totp' as const, secret }
    const page = { ...waiting(request, reply, owner), username: owner.username, instanceName: instance.name, wrong, ...what }
    return sendPage(request, reply, status, setUpPage(request.view, page))
  }
}

/** What a challenge of the login page is bound to, before anybody is known: what the forms of this browser are. */
function subjectOf(request: FastifyRequest): string {
  return request.formBinding ?? ''
}

function formOf(request: FastifyRequest, id: string) {
  return { token: readCookie(request, signInCookie), id }
}

/** What the person can be asked for, the strongest first. */
function usableKinds({ live, demand }: { live: readonly FactorKind[]; demand: string }): FactorKind[] {
  const onlyKeys = demand === 'passkey' && live.includes('passkey')
  return factorKinds.filter((kind) => live.includes(kind) && (!onlyKeys || kind === 'passkey'))
}

function refusalText(
  { view: { t, language } }: FastifyRequest,
  kind: FactorKind,
  number: number | undefined,
  refused: Extract<ProvenFactor, { kind: 'wrong' | 'waits' }>,
): string {
  if (refused.kind === 'wrong') return t(`second-factor:wrong.${kind}`, { number })
  if (refused.until === null) return t('second-factor:codes_used_up')
  return t('second-factor:waits', { moment: formatMoment(refused.until, language, refused.timeZone) })
}
