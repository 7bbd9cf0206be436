import type { Instance } from '../instances/instances.ts'
import type { Caller } from '../platform/caller.ts'
import type { Database } from '../platform/database.ts'
import { finishSignIn, type Outcome } from './finish-sign-in.ts'
import type { Step } from './step.ts'
import { beginStep, type StepForm, signInOfForm } from './waiting-sign-in.ts'

/** The steps at which waiting helps: a session that ends by itself, a seat that somebody leaves. */
export const passing = ['other_session', 'seat'] as const

/**
 * Tries a proven sign-in again that was refused for what passes by itself. What was shown is kept for a minute; nothing else is, so all
 * steps are asked anew.
 * @throws login_expired, other_persons_page
 */
export async function tryAgain(
  { database, steps }: { database: Database; steps: readonly Step[] },
  instance: Instance,
  { deviceToken, step, ...form }: StepForm & { deviceToken: string; step: (typeof passing)[number] },
  caller: Caller,
): Promise<Outcome> {
  const owner = await signInOfForm({ database }, instance, form, step)
  return database.in(instance, async (tx) => {
    const { signIn } = await beginStep(tx, owner, form.token!, step)
    const goesOn = { ...signIn, renews: signIn.renewsSessionId ?? undefined }
    return finishSignIn(tx, steps, goesOn, deviceToken, caller)
  })
}
