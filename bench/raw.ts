// The ceiling of logins: Argon2id with the product's parameters and nothing else, in a process of its own.
import { availableParallelism } from 'node:os'
import { verify } from '@node-rs/argon2'
import { hashPassword } from '../server/authenticators/passwords/hash-password.ts'
import { startChild } from './child.ts'
import { load, type Samples } from './client.ts'

/** Argon2id verifications a second, as many at once as there are processors. */
export async function measureRaw(seconds: number): Promise<Samples> {
  const child = await startChild<Samples>('bench/raw.ts', { args: [String(seconds)] })
  await child.stop()
  return child.ready
}

if (import.meta.main) {
  const password = 'a password of the bench'
  const hash = await hashPassword(password)
  const workers = availableParallelism()
  const result = await load({ workers, seconds: Number(process.argv[2]), warmUpSeconds: 0.3 }, async () => {
    const begin = performance.now()
    if (!(await verify(hash, password))) throw new Error('the password does not match')
    return performance.now() - begin
  })
  process.stdout.write(`${JSON.stringify(result)}\n`)
  // The channel to the process that started it would keep it alive.
  process.disconnect?.()
}
