// Logins a second: raw hashing, Gatehouse and Better Auth.
import type { DatabaseAddress } from '../server/platform/database.ts'
import { signUpPeople, startBetterAuth } from './better-auth.ts'
import type { LoadOptions } from './client.ts'
import { addAccounts, type Gatehouse } from './gatehouse.ts'
import { measureLogins } from './logins.ts'
import { visitors } from './person.ts'
import { measureRaw } from './raw.ts'
import type { Row } from './report.ts'

export type CompareNeeds = { address: DatabaseAddress; start: () => Promise<Gatehouse>; progress: (message: string) => void }

/** Raw hashing is measured before and after, and its mean counts: a machine that others use as well is not the same all the time. */
export async function compareLogins(
  { address, start, progress }: CompareNeeds,
  options: LoadOptions & { rawSeconds: number; accounts: number; betterAuthAccounts: number },
): Promise<Row[]> {
  progress('raw Argon2id')
  const before = await measureRaw(options.rawSeconds)

  const gatehouse = await start()
  const people = await visitors(gatehouse, await addAccounts(address, options.accounts, 'ready'))
  progress(`logins at Gatehouse, ${options.accounts} accounts`)
  const logins = await measureLogins(gatehouse.port, people, options).finally(gatehouse.stop)

  progress('raw Argon2id')
  const after = await measureRaw(options.rawSeconds)

  const betterAuth = await startBetterAuth(address)
  const theirPeople = await signUpPeople(betterAuth, options.betterAuthAccounts)
  progress(`logins at Better Auth, ${options.betterAuthAccounts} accounts`)
  const theirLogins = await measureLogins(betterAuth.port, theirPeople, options).finally(betterAuth.stop)

  const raw = (before.perSecond + after.perSecond) / 2
  return [
    { what: 'raw Argon2id, before', load: before },
    { what: 'raw Argon2id, after', load: after },
    {
      what: 'logins, each with its log-out',
      load: logins,
      ratio: `${(logins.perSecond / raw).toFixed(2)} of raw, ${(logins.perSecond / theirLogins.perSecond).toFixed(1)} × Better Auth`,
    },
    { what: 'Better Auth: logins, each with its log-out', load: theirLogins },
  ]
}
