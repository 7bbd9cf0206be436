import { record } from '../../audit/audit.ts'
import { type CodeKind, checkCode, prepareCode } from '../../authenticators/factors/factors.ts'
import { knowsBrowser } from '../../authenticators/passwords/passwords.ts'
import type { Instance } from '../../instances/instances.ts'
import { tellByMail } from '../../outward/messages/messages.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { hashToken, type Keys } from '../../platform/secret.ts'
import type { RuleBook } from '../../rules/rules.ts'
import { finishSignIn, type Outcome } from '../finish-sign-in.ts'
import type { Step } from '../step.ts'
import { beginTry, endStep, type StepForm, signInOfForm } from '../waiting-sign-in.ts'

export type SecondFactorNeeds = { database: Database; keys: Keys; rules: RuleBook; steps: readonly Step[] }

/** What a code has come to. After a wrong one the sign-in waits on; `until` is null where the account's codes are used up. */
export type ProvenFactor = Outcome | { kind: 'wrong' } | { kind: 'waits'; until: Date | null; timeZone: string }

/**
 * Checks a code of a second factor, and goes on with the sign-in when it is right. The try is counted first, for the sign-in and for the
 * account, in the transaction that checks it: parallel guesses on any number of nodes queue on the account.
 * @throws login_expired, other_persons_page
 */
export async function proveFactor(
  needs: SecondFactorNeeds,
  instance: Instance,
  { kind, code, deviceToken, ...form }: StepForm & { kind: CodeKind; code: string; deviceToken: string },
  caller: Caller,
): Promise<ProvenFactor> {
  const { database, keys, steps } = needs
  const owner = await signInOfForm(needs, instance, form, 'second_factor')
  const { accountId } = owner
  const typed = await prepareCode(needs, instance, accountId, { kind, code })
  const rules = await needs.rules.of(instance)
  const deviceHash = hashToken(deviceToken)

  return database.in(instance, async (tx): Promise<ProvenFactor> => {
    const { account, isLast } = await beginTry(tx, owner, form.token!, 'second_factor')
    const browser = { deviceHash, knowsDevice: await knowsBrowser(tx, accountId, deviceHash) }
    const checked = await checkCode(tx, keys, instance, account, typed, browser, rules, caller)
    if (checked.kind === 'right') {
      const { renewsSessionId, proofs, ...signIn } = await endStep(tx, account, form.token!, 'second_factor')
      const goesOn = { ...signIn, proofs: [...proofs, checked.proof], renews: renewsSessionId ?? undefined }
      return finishSignIn(tx, steps, goesOn, deviceToken, caller)
    }
    const actor = { kind: 'account', accountId } as const
    const detail = { kind, reason: checked.kind === 'wrong' ? 'wrong_code' : 'waiting' }
    await record(tx, { event: 'factor_refused', actor, accountId, caller, detail })
    // Somebody knows the password and not the factor. Once for each sign-in, and not for each slip of the finger.
    if (isLast) await tellByMail(tx, 'factor_refused', [account], actor, caller)
    return checked.kind === 'wrong' ? checked : { ...checked, timeZone: account.timeZone }
  })
}
