import { record } from '../audit/audit.ts'
import {
  findPasswordStanding,
  isInitialPassword,
  type JudgePasswordNeeds,
  prepareNewPassword,
  setPassword,
} from '../authenticators/passwords/passwords.ts'
import type { Instance } from '../instances/instances.ts'
import { tellByMail } from '../outward/messages/messages.ts'
import type { Caller } from '../platform/caller.ts'
import type { Keys } from '../platform/secret.ts'
import { findRules } from '../rules/rules.ts'
import { finishSignIn, type Outcome } from './finish-sign-in.ts'
import type { Step } from './step.ts'
import { beginStep, type StepForm, signInOfForm } from './waiting-sign-in.ts'

export type ChoosePasswordNeeds = JudgePasswordNeeds & { keys: Keys; steps: readonly Step[] }

/**
 * Sets the password that a person chose in place of an initial or expired one, and goes on with the sign-in.
 * Works once, also when two browsers or nodes send it at the same moment.
 * @throws login_expired, other_persons_page, password_refused, busy
 */
export async function choosePassword(
  needs: ChoosePasswordNeeds,
  instance: Instance,
  { newPassword, deviceToken, ...form }: StepForm & { newPassword: string; deviceToken: string },
  caller: Caller,
): Promise<Outcome> {
  const { database, keys, steps } = needs
  const owner = await signInOfForm(needs, instance, form, 'own_password')
  const isInitial = isInitialPassword(keys, newPassword, owner.initialHash)
  const { username, fullName, accountId } = owner
  const named = { username, fullName, instanceName: instance.name }
  const passwordHash = await prepareNewPassword(needs, instance, named, newPassword, accountId, isInitial)

  return database.in(instance, async (tx) => {
    const { account, signIn } = await beginStep(tx, owner, form.token!, 'own_password')
    const { state } = await findPasswordStanding(tx, accountId, await findRules(tx))
    const credentialVersion = await setPassword(tx, needs, account, passwordHash)
    const actor = { kind: 'account', accountId } as const
    await tellByMail(tx, 'password_changed', account, actor, caller)
    const detail = { instead_of: state === 'expired' ? 'expired' : 'initial' }
    await record(tx, { event: 'password_chosen', actor, accountId, caller, detail })
    const { renewsSessionId, ...waited } = signIn
    const goesOn = { ...waited, credentialVersion, renews: renewsSessionId ?? undefined }
    return finishSignIn(tx, steps, goesOn, deviceToken, caller)
  })
}
