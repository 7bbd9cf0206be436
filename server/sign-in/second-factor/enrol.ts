// Setting a first factor up between the password and the session.
import type { FactorKind } from '../../../contracts/factors.ts'
import { record } from '../../audit/audit.ts'
import {
  beginSheet,
  beginTotp,
  type FactorStanding,
  findFactorStanding,
  findPendingSheet,
  hashPendingCode,
  newCodeSheet,
  ownKinds,
  postponeEnrolment,
  proveSheet,
  proveTotp,
} from '../../authenticators/factors/factors.ts'
import { kindNotOffered, proofTooWeak } from '../../authenticators/factors/problems.ts'
import type { Proof } from '../../authenticators/proof.ts'
import { lockAccount } from '../../directory/accounts/accounts.ts'
import type { Instance } from '../../instances/instances.ts'
import { tellByMail } from '../../outward/messages/messages.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Transaction } from '../../platform/database.ts'
import { Problem } from '../../platform/problem.ts'
import { finishSignIn, type Outcome } from '../finish-sign-in.ts'
import { beginTry, endStep, loginExpired, type SignInOwner, type StepForm, signInOfForm } from '../waiting-sign-in.ts'
import type { SecondFactorNeeds } from './prove-factor.ts'

export const noMoreGrace = () => new Problem(409, 'no_more_grace', 'The second factor cannot be put off any more.')

/**
 * Whether what was shown is enough to set up a first factor. Where there was one, the password alone is not: whoever has learned it
 * would bind a factor of their own. What a supervisor has handed over or said is. Source: NIST SP 800-63B-4, 4.1.2.1; ASVS 5.0, 6.4.4.
 */
export function mayBind({ hadOne }: Pick<FactorStanding, 'hadOne'>, proofs: readonly Pick<Proof, 'kind'>[]): boolean {
  return !hadOne || proofs.some(({ kind }) => kind !== 'password')
}

/** The kinds that somebody may set up by themselves. */
export function offeredKinds({ demand, kinds }: Pick<FactorStanding, 'demand' | 'kinds'>): FactorKind[] {
  return ownKinds.filter((kind) => kinds.includes(kind) && (demand !== 'passkey' || kind === 'passkey'))
}

/** @throws login_expired, proof_too_weak, kind_not_offered */
export async function lockForSetUp(tx: Transaction, { accountId, proofs }: SignInOwner, kind: FactorKind) {
  const account = await lockAccount(tx, accountId)
  if (!account?.enabled) throw loginExpired()
  const standing = await findFactorStanding(tx, accountId)
  if (!mayBind(standing, proofs)) throw proofTooWeak()
  if (!offeredKinds(standing).includes(kind)) throw kindNotOffered()
  return account
}

/**
 * Begins to set up a factor of a kind in a waiting sign-in. What was begun there before is void.
 * @returns the codes of a sheet, which exist in clear this one time
 * @throws login_expired, other_persons_page, proof_too_weak, kind_not_offered
 */
export async function beginEnrolment(
  needs: SecondFactorNeeds,
  instance: Instance,
  { kind, ...form }: StepForm & { kind: FactorKind },
  caller: Caller,
): Promise<{ codes?: string[] }> {
  const owner = await signInOfForm(needs, instance, form, 'enrolment')
  const setUp = { instance, accountId: owner.accountId, madeFor: owner.id }
  const sheet = kind === 'code_sheet' ? await newCodeSheet(needs.keys) : undefined
  await needs.database.in(instance, async (tx) => {
    await lockForSetUp(tx, owner, kind)
    // A key is made and proven in one answer: there is nothing to keep until then.
    if (kind === 'passkey') return
    if (sheet === undefined) await beginTotp(tx, needs.keys, setUp, caller)
    else await beginSheet(tx, sheet, setUp, caller)
  })
  return sheet === undefined ? {} : { codes: sheet.codes }
}

/**
 * Finishes the set-up with a code of the new factor, which then counts, and goes on with the sign-in.
 * @throws login_expired, other_persons_page, proof_too_weak, kind_not_offered
 */
export async function finishEnrolment(
  needs: SecondFactorNeeds,
  instance: Instance,
  { kind, code, deviceToken, ...form }: StepForm & { kind: 'totp' | 'code_sheet'; code: string; deviceToken: string },
  caller: Caller,
): Promise<Outcome | { kind: 'wrong' }> {
  const owner = await signInOfForm(needs, instance, form, 'enrolment')
  const { accountId } = owner
  const setUp = { instance, accountId, madeFor: owner.id }
  const pending = kind === 'code_sheet' ? await needs.database.in(instance, (tx) => findPendingSheet(tx, setUp)) : undefined
  const hash = pending && (await hashPendingCode(needs.keys, pending, code))

  return needs.database.in(instance, async (tx): Promise<Outcome | { kind: 'wrong' }> => {
    const account = await lockForSetUp(tx, owner, kind)
    const done =
      kind === 'totp'
        ? await proveTotp(tx, needs.keys, setUp, account, code)
        : hash && (await proveSheet(tx, setUp, account, hash))
    if (done === undefined) {
      await beginTry(tx, owner, form.token!, 'enrolment')
      return { kind: 'wrong' }
    }
    const actor = { kind: 'account', accountId } as const
    await record(tx, { event: 'factor_added', actor, accountId, caller, detail: { kind } })
    await tellByMail(tx, 'factor_added', [account], actor, caller)
    const { renewsSessionId, proofs, ...signIn } = await endStep(tx, account, form.token!, 'enrolment')
    const goesOn = { ...signIn, proofs: [...proofs, done.proof], renews: renewsSessionId ?? undefined }
    return finishSignIn(tx, needs.steps, goesOn, deviceToken, caller)
  })
}

/**
 * Puts the enrolment off once more, and goes on with the sign-in.
 * @throws login_expired, other_persons_page, no_more_grace
 */
export async function putOffEnrolment(
  { database, steps }: SecondFactorNeeds,
  instance: Instance,
  { deviceToken, ...form }: StepForm & { deviceToken: string },
  caller: Caller,
): Promise<Outcome> {
  const owner = await signInOfForm({ database }, instance, form, 'enrolment')
  const { accountId } = owner
  return database.in(instance, async (tx) => {
    const account = await lockAccount(tx, accountId)
    if (!account?.enabled) throw loginExpired()
    const { wasReset } = await findFactorStanding(tx, accountId)
    if (wasReset || !(await postponeEnrolment(tx, accountId))) throw noMoreGrace()
    await record(tx, { event: 'enrolment_postponed', actor: { kind: 'account', accountId }, accountId, caller })
    const { renewsSessionId, ...signIn } = await endStep(tx, account, form.token!, 'enrolment')
    const goesOn = { ...signIn, postponed: true, renews: renewsSessionId ?? undefined }
    return finishSignIn(tx, steps, goesOn, deviceToken, caller)
  })
}
