// Passkeys at the login: as the second factor, as the whole login, and set up between the password and the session.
import { record } from '../../audit/audit.ts'
import {
  checkAnswer,
  checkNewKey,
  findFactorStanding,
  keepNewKey,
  type Place,
  usePasskey,
} from '../../authenticators/factors/factors.ts'
import { lockAccount } from '../../directory/accounts/accounts.ts'
import type { Instance } from '../../instances/instances.ts'
import { tellByMail } from '../../outward/messages/messages.ts'
import type { Caller } from '../../platform/caller.ts'
import { finishSignIn, type Outcome } from '../finish-sign-in.ts'
import { beginTry, endStep, type StepForm, signInOfForm } from '../waiting-sign-in.ts'
import { lockForSetUp } from './enrol.ts'
import type { SecondFactorNeeds } from './prove-factor.ts'

export type At = Place & { instance: Instance }
type Wrong = { kind: 'wrong' }
const wrong: Wrong = { kind: 'wrong' }

/**
 * Checks the answer of a key after a right password, and goes on with the sign-in. Signatures are not guessed, so they count for the
 * sign-in and not for the account: nobody locks somebody out with them.
 * @throws login_expired, other_persons_page
 */
export async function provePasskey(
  needs: SecondFactorNeeds,
  at: At,
  { answer, deviceToken, ...form }: StepForm & { answer: string; deviceToken: string },
  caller: Caller,
): Promise<Outcome | Wrong> {
  const { instance } = at
  const owner = await signInOfForm(needs, instance, form, 'second_factor')
  const { accountId } = owner
  const signed = await checkAnswer(needs, at, { use: 'second_factor', subject: owner.id }, answer, false)
  return needs.database.in(instance, async (tx): Promise<Outcome | Wrong> => {
    const { account, isLast } = await beginTry(tx, owner, form.token!, 'second_factor')
    const used = signed === undefined ? wrong : await usePasskey(tx, signed, account, caller)
    if (used.kind === 'right') {
      const { renewsSessionId, proofs, ...signIn } = await endStep(tx, account, form.token!, 'second_factor')
      const goesOn = { ...signIn, proofs: [...proofs, used.proof], renews: renewsSessionId ?? undefined }
      return finishSignIn(tx, needs.steps, goesOn, deviceToken, caller)
    }
    const actor = { kind: 'account', accountId } as const
    const detail = { kind: 'passkey', reason: used.kind === 'copied' ? 'copied_key' : 'wrong_key' }
    await record(tx, { event: 'factor_refused', actor, accountId, caller, detail })
    if (isLast || used.kind === 'copied') await tellByMail(tx, 'factor_refused', [account], actor, caller)
    return wrong
  })
}

/**
 * Logs somebody in by a passkey alone: the key has asked them for its PIN or the like, so it is two factors. No password is hashed.
 * `wrong` is one answer for whatever is wrong.
 */
export async function logInByPasskey(
  needs: SecondFactorNeeds,
  at: At,
  {
    answer,
    subject,
    deviceToken,
    returnTo,
    renews,
  }: {
    answer: string
    subject: string
    deviceToken: string
    returnTo: string
    renews?: { id: string; accountId: string } | undefined
  },
  caller: Caller,
): Promise<Outcome | Wrong> {
  const signed = await checkAnswer(needs, at, { use: 'login', subject }, answer, true)
  if (signed === undefined) return wrong
  const { accountId, credentialVersion } = signed.passkey
  if (renews !== undefined && renews.accountId !== accountId) return wrong
  return needs.database.in(at.instance, async (tx): Promise<Outcome | Wrong> => {
    const account = await lockAccount(tx, accountId)
    if (!account?.enabled || (await findFactorStanding(tx, accountId)).demand === 'off') return wrong
    const used = await usePasskey(tx, signed, account, caller)
    if (used.kind !== 'right') {
      const actor = { kind: 'visitor' } as const
      const detail = { kind: 'passkey', reason: used.kind === 'copied' ? 'copied_key' : 'wrong_key' }
      await record(tx, { event: 'factor_refused', actor, accountId, caller, detail })
      return wrong
    }
    const signIn = { accountId, credentialVersion, proofs: [used.proof], returnTo, renews: renews?.id }
    return finishSignIn(tx, needs.steps, signIn, deviceToken, caller)
  })
}

/**
 * Sets a key up in a waiting sign-in, and goes on with it.
 * @throws login_expired, other_persons_page, proof_too_weak, kind_not_offered
 */
export async function enrolPasskey(
  needs: SecondFactorNeeds,
  at: At,
  { answer, deviceToken, ...form }: StepForm & { answer: string; deviceToken: string },
  caller: Caller,
): Promise<Outcome | Wrong> {
  const { instance } = at
  const owner = await signInOfForm(needs, instance, form, 'enrolment')
  const { accountId } = owner
  const made = await checkNewKey(needs.keys, at, owner.id, answer)
  return needs.database.in(instance, async (tx): Promise<Outcome | Wrong> => {
    const account = await lockForSetUp(tx, owner, 'passkey')
    const kept = await keepNewKey(tx, made, account, caller)
    if (kept === undefined) {
      await beginTry(tx, owner, form.token!, 'enrolment')
      return wrong
    }
    const actor = { kind: 'account', accountId } as const
    await record(tx, { event: 'factor_added', actor, accountId, caller, detail: { kind: 'passkey' } })
    await tellByMail(tx, 'factor_added', [account], actor, caller)
    const { renewsSessionId, proofs, ...signIn } = await endStep(tx, account, form.token!, 'enrolment')
    const goesOn = { ...signIn, proofs: [...proofs, kept.proof], renews: renewsSessionId ?? undefined }
    return finishSignIn(tx, needs.steps, goesOn, deviceToken, caller)
  })
}
