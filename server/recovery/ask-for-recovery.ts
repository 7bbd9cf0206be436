import { usernameKey } from '../directory/accounts/accounts.ts'
import { limitedAddress } from '../platform/address.ts'
import type { Caller } from '../platform/caller.ts'
import type { Database } from '../platform/database.ts'
import { enqueueJob } from '../platform/jobs.ts'
import { hashToken, type Keys, seal } from '../platform/secret.ts'
import { recoveryKey } from './key.ts'
import { askedTooOften } from './problems.ts'
import { recoveryQueue } from './queue.ts'
import { countAsk, insertAsk, secondsToNextWindow } from './store.ts'

// The longest username key in UTF-8.
const sealedBytes = 1200

export type AskForRecoveryNeeds = { database: Database; keys: Keys }

/**
 * Takes note that somebody has forgotten the password of a username. Nothing is looked up: what follows is decided by a job, so that
 * the answer is the same for every username, whatever becomes of it, in its bytes, its time and what it leaves in the database.
 * @throws recovery_asked_too_often
 */
export async function askForRecovery(
  { database, keys }: AskForRecoveryNeeds,
  instance: { id: string },
  { username, deviceToken }: { username: string; deviceToken: string | undefined },
  caller: Caller,
): Promise<void> {
  // A name that nobody can have is kept all the same, as one that nobody has.
  const sealedUsername = seal(keys.of(recoveryKey), usernameKey(username) ?? '', instance.id, sealedBytes)
  const deviceHash = deviceToken === undefined ? null : hashToken(deviceToken)
  await database.in(instance, async (tx) => {
    if (!(await countAsk(tx, limitedAddress(caller.address)))) throw askedTooOften(await secondsToNextWindow(tx))
    const { instanceId, id } = await insertAsk(tx, { sealedUsername, deviceHash, caller })
    await enqueueJob(tx, recoveryQueue, { instanceId, askId: id })
  })
}
