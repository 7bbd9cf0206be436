import { record } from '../../audit/audit.ts'
import { askForVouch, consumeVouch, findVouch, type VouchStanding } from '../../authenticators/factors/factors.ts'
import { knowsBrowser } from '../../authenticators/passwords/passwords.ts'
import { lockAccount } from '../../directory/accounts/accounts.ts'
import type { Instance } from '../../instances/instances.ts'
import type { Caller } from '../../platform/caller.ts'
import { Problem } from '../../platform/problem.ts'
import { hashToken } from '../../platform/secret.ts'
import { finishSignIn, type Outcome } from '../finish-sign-in.ts'
import { endStep, loginExpired, type StepForm, signInOfForm } from '../waiting-sign-in.ts'
import type { SecondFactorNeeds } from './prove-factor.ts'

/** Where a supervisor's word helps: in place of a factor, or to set the first one up again. */
export const vouchedSteps = ['second_factor', 'enrolment'] as const

export const notVouched = () =>
  new Problem(409, 'not_vouched_here', 'Nobody is vouched for here, or this person was as often as is good for a day.')

/**
 * Lets a waiting sign-in wait for a supervisor too. Asking again asks for nothing new.
 * @throws login_expired, other_persons_page, not_vouched_here
 */
export async function askSupervisor(
  needs: SecondFactorNeeds,
  instance: Instance,
  { deviceToken, ...form }: StepForm & { deviceToken: string | undefined },
  caller: Caller,
): Promise<void> {
  const { id: signInId, accountId } = await signInOfForm(needs, instance, form, ...vouchedSteps)
  await needs.database.in(instance, async (tx) => {
    const account = await lockAccount(tx, accountId)
    if (!account?.enabled) throw loginExpired()
    const known = deviceToken !== undefined && (await knowsBrowser(tx, accountId, hashToken(deviceToken)))
    const asked = await askForVouch(tx, { accountId, signInId, knowsBrowser: known }, caller)
    if (asked === undefined) throw notVouched()
    if (asked.isNew) await record(tx, { event: 'vouch_asked', actor: { kind: 'account', accountId }, accountId, caller })
  })
}

/** How a sign-in that waits for a supervisor stands; undefined when none was asked. Looking uses nothing up. */
export async function standingOfVouch(
  { database }: SecondFactorNeeds,
  instance: Instance,
  signInId: string,
): Promise<VouchStanding | undefined> {
  return database.in(instance, (tx) => findVouch(tx, signInId))
}

/**
 * Goes on with a sign-in that a supervisor has vouched for; undefined while none has.
 * @throws login_expired, other_persons_page
 */
export async function goOnVouched(
  needs: SecondFactorNeeds,
  instance: Instance,
  { deviceToken, ...form }: StepForm & { deviceToken: string },
  caller: Caller,
): Promise<Outcome | undefined> {
  const owner = await signInOfForm(needs, instance, form, ...vouchedSteps)
  if ((await standingOfVouch(needs, instance, owner.id))?.state !== 'vouched') return undefined
  return needs.database.in(instance, async (tx) => {
    const account = await lockAccount(tx, owner.accountId)
    if (!account?.enabled) throw loginExpired()
    const { renewsSessionId, proofs, ...signIn } = await endStep(tx, account, form.token!, owner.step)
    if ((await consumeVouch(tx, owner.id)) === undefined) throw loginExpired()
    const goesOn = {
      ...signIn,
      proofs: [...proofs, { kind: 'vouched', at: account.now } as const],
      renews: renewsSessionId ?? undefined,
    }
    return finishSignIn(tx, needs.steps, goesOn, deviceToken, caller)
  })
}
