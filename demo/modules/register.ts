// The demo's own modules: registered when they are not there, and with a secret of this run.
import type { Instance } from '../../server/instances/instances.ts'
import { createModule, giveSecret, listModules, plainModule, takeSecretBack } from '../../server/outward/modules/modules.ts'
import type { System } from '../../server/system.ts'

const operator = { kind: 'operator' } as const

/** Registers the module that greets people, for everybody, and returns what it is to be told. */
export async function registerGreeter(
  { database }: Pick<System, 'database'>,
  instance: Pick<Instance, 'id'>,
  name: string,
  port: number,
): Promise<{ clientId: string; secret: string }> {
  const own = `http://127.0.0.1:${port}`
  return database.in(instance, async (tx) => {
    const there = (await listModules(tx)).find((each) => each.name === name)
    if (there !== undefined) {
      // Nobody kept the secret of the last run.
      for (const { id } of there.secrets) await takeSecretBack(tx, operator, there.id, id)
      return { clientId: there.clientId, secret: await giveSecret(tx, operator, there.id) }
    }
    const profiles = await tx.selectFrom('profile').select('id').where('builtIn', '=', true).execute()
    const { clientId, secret } = await createModule(tx, operator, 'web', {
      ...plainModule,
      name,
      address: `${own}/`,
      redirectAddresses: [`${own}/callback`],
      logoutAddress: `${own}/logged-out`,
      profiles: profiles.map(({ id }) => id),
    })
    return { clientId, secret: secret! }
  })
}
