import type { Instance } from '../instances/instances.ts'
import type { Caller } from '../platform/caller.ts'
import type { Database } from '../platform/database.ts'
import { finishSignIn, type Outcome } from './finish-sign-in.ts'
import type { Step } from './step.ts'
import { beginStep, type StepForm, signInOfForm } from './waiting-sign-in.ts'

/**
 * Moves the session of a proven sign-in to this browser: ends the one that the person was shown, and no other, and starts one here.
 * Works once. When that session has ended or another one is in its place, the steps answer as they do for any login.
 * @throws login_expired, other_persons_page
 */
export async function takeOver(
  { database, steps }: { database: Database; steps: readonly Step[] },
  instance: Instance,
  { deviceToken, ...form }: StepForm & { deviceToken: string },
  caller: Caller,
): Promise<Outcome> {
  const owner = await signInOfForm({ database }, instance, form, 'other_session')
  return database.in(instance, async (tx) => {
    const { signIn } = await beginStep(tx, owner, form.token!, 'other_session')
    const goesOn = { ...signIn, moves: signIn.otherSessionId!, renews: signIn.renewsSessionId ?? undefined }
    return finishSignIn(tx, steps, goesOn, deviceToken, caller)
  })
}
