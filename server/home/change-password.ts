import { record } from '../audit/audit.ts'
import { findFactorStanding } from '../authenticators/factors/factors.ts'
import {
  type JudgePasswordNeeds,
  type ProvePasswordNeeds,
  prepareNewPassword,
  provePassword,
  setPassword,
  settleAttempt,
} from '../authenticators/passwords/passwords.ts'
import { hasFactor, requireOwnProof } from '../credentials/credentials.ts'
import { lockAccount } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import { tellByMail } from '../outward/messages/messages.ts'
import type { Caller } from '../platform/caller.ts'
import { notSignedIn, Problem } from '../platform/problem.ts'
import { hashToken, newToken } from '../platform/secret.ts'
import { type LiveSession, replaceToken } from '../sessions/sessions.ts'

export const currentPasswordWrong = () => new Problem(422, 'current_password_wrong', 'The current password is not right.')

export type ChangePassword = { currentPassword: string; newPassword: string; deviceToken: string | undefined }

/**
 * Changes the password of somebody who is logged in and knows the current one.
 * Ends everything of the old time, and gives this session a new secret, which it returns.
 * A wrong current password counts like one at the login. Source: ASVS 5.0, 6.2.3 and 7.2.4.
 * Whoever has a second factor has just shown it.
 * @throws current_password_wrong, password_refused, busy, too_many_attempts, not_signed_in, proof_too_old
 */
export async function changePassword(
  needs: ProvePasswordNeeds & JudgePasswordNeeds,
  instance: Instance,
  session: LiveSession,
  { currentPassword, newPassword, deviceToken }: ChangePassword,
  caller: Caller,
): Promise<string> {
  const { database } = needs
  const { accountId } = session
  const actor = { kind: 'account', accountId } as const
  const proof = await provePassword(
    needs,
    instance,
    { username: session.username, password: currentPassword, deviceToken },
    caller,
  )
  if (proof.kind === 'refused' || !['lasting', 'expired'].includes(proof.state)) {
    await database.in(instance, async (tx) => {
      await settleAttempt(tx, proof.attempt, proof.kind === 'refused' ? 'wrong' : 'right')
      await record(tx, {
        event: 'password_change_refused',
        actor,
        accountId,
        sessionId: session.id,
        caller,
        detail: { reason: 'current_password' },
      })
    })
    throw currentPasswordWrong()
  }

  // The current password was right: the attempt is settled even when the new one is refused.
  await database.in(instance, (tx) => settleAttempt(tx, proof.attempt, 'right'))
  const owner = { username: session.username, fullName: session.fullName, instanceName: instance.name }
  const passwordHash = await prepareNewPassword(needs, instance, owner, newPassword, accountId, false)

  return database.in(instance, async (tx) => {
    const account = await lockAccount(tx, accountId)
    if (account === undefined || !account.enabled || account.credentialVersion !== proof.credentialVersion)
      throw currentPasswordWrong()
    if (hasFactor(await findFactorStanding(tx, accountId))) await requireOwnProof(tx, session)
    await setPassword(tx, needs, account, passwordHash)
    const token = newToken()
    if (!(await replaceToken(tx, session.id, hashToken(token)))) throw notSignedIn()
    await record(tx, { event: 'password_changed', actor, accountId, sessionId: session.id, caller })
    await tellByMail(tx, 'password_changed', [account], actor, caller)
    return token
  })
}
