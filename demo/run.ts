// npm run demo: a server of its own, with an instance that looks like a floor at work, and is one for as long as it runs.
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { readConfig } from '../server/config.ts'
import { instanceUrl } from '../server/instances/instances.ts'
import { openDatabase } from '../server/platform/database.ts'
import { openSystem } from '../server/system.ts'
import { demoPassword, fillDemo } from './fill.ts'
import { openFloor } from './floor.ts'
import { dice, people } from './people.ts'

process.env.DATA_DIR ??= resolve('data/demo')
// The people of the floor come through a proxy, so that each has an address.
process.env.TRUSTED_PROXIES ??= '127.0.0.1/32,::1/128'
const host = 'demo.localhost'
const config = readConfig(process.env)
const system = await openSystem(config, (message) => void process.stderr.write(`${message}\n`))
const findDemo = () =>
  system.database.asOperator(undefined, (tx) =>
    tx.selectFrom('instance').select('id').where('name', '=', 'demo').executeTakeFirst(),
  )
if ((await findDemo()) === undefined) {
  process.stderr.write('Filling the demo ...\n')
  await fillDemo(system)
}
const instance = (await findDemo())!
const everybody = people(500, dice(7))
const [administrator, supervisor, agent] = [everybody[0]!, everybody[3]!, everybody.at(-1)!].map(({ username }) => username)
const floorNeeds = { instance, url: `http://127.0.0.1:${config.port}`, host, roll: dice(Date.now()), wanted: 285 }
const free = [administrator!, supervisor!, agent!]
const early = openFloor({ ...floorNeeds, database: system.database, free })
await early.beat()
await early.arrive()
await system.close()

process.stdout.write(`
The demo is at ${instanceUrl(config.publicUrl, { hostname: host })}
  Administrator  ${administrator}
  Supervisor     ${supervisor}
  Agent          ${agent}
  Password       ${demoPassword}   (for everybody)
`)
process.argv.splice(2, process.argv.length, 'serve')
await import('../server/main.ts')

// Without holding the embedded PostgreSQL: the server alone says when that stops.
const floor = openFloor({ ...floorNeeds, database: openDatabase(system.address, 2, () => {}), free })
const orLater = (work: () => Promise<unknown>) => () => void work().catch(() => {})
setInterval(
  orLater(() => floor.beat()),
  20_000,
).unref()
while (true) {
  await wait(1000 + Math.random() * 5000, undefined, { ref: false })
  await floor.step().catch(() => {})
}
