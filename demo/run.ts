// npm run demo: a server of its own, with an instance that looks like a floor at work.
import { resolve } from 'node:path'
import { readConfig } from '../server/config.ts'
import { instanceUrl } from '../server/instances/instances.ts'
import { openSystem } from '../server/system.ts'
import { demoPassword, fillDemo } from './fill.ts'
import { startGreeter } from './modules/greeter.ts'
import { registerGreeter } from './modules/register.ts'
import { dice, people } from './people.ts'

process.env.DATA_DIR ??= resolve('data/demo')
const config = readConfig(process.env)
const system = await openSystem(config, (message) => void process.stderr.write(`${message}\n`))
const findDemo = () =>
  system.database.asOperator(undefined, (tx) =>
    tx.selectFrom('instance').select('id').where('name', '=', 'demo').executeTakeFirst(),
  )
const there = await findDemo()
if (there === undefined) {
  process.stderr.write('Filling the demo ...\n')
  await fillDemo(system)
}
const issuer = instanceUrl(config.publicUrl, { hostname: 'demo.localhost' })
const greeter = { name: 'Inbox', port: config.port + 10 }
const registered = await registerGreeter(system, (await findDemo())!, greeter.name, greeter.port)
await system.close()
await startGreeter({ ...greeter, ...registered, issuer })

const everybody = people(500, dice(7))
process.stdout.write(`
The demo is at ${issuer}
  Administrator  ${everybody[0]!.username}
  Supervisor     ${everybody[3]!.username}
  Agent          ${everybody.at(-1)!.username}
  Password       ${demoPassword}   (for everybody)
  Module         ${greeter.name}, a tile at home; it says so when the session ends
`)
process.argv.splice(2, process.argv.length, 'serve')
await import('../server/main.ts')
