// Session checks a second: a bare server, Gatehouse and Better Auth, each asked over plain sockets and by node:http's own client.
import { signUpPeople, startBetterAuth } from './better-auth.ts'
import { freePort, startChild } from './child.ts'
import type { Load, LoadOptions } from './client.ts'
import type { CompareNeeds } from './compare-logins.ts'
import { Connection, requestText } from './connection.ts'
import { addAccounts } from './gatehouse.ts'
import { loggedIn } from './person.ts'
import type { Row } from './report.ts'
import { type Check, measureChecks, measureChecksByNode } from './session-checks.ts'

type Both = { sockets: Load; node: Load }

/** The bare server answers with as many bytes as Gatehouse. */
export async function compareChecks({ address, start, progress }: CompareNeeds, options: LoadOptions): Promise<Row[]> {
  const gatehouse = await start()
  const people = await loggedIn(gatehouse, await addAccounts(address, options.workers, 'ready'))
  const checks = people.map((person) => check(gatehouse.host, '/api/session', person.sessionCheckHeaders()))
  const size = (await bodyOf(gatehouse.port, checks[0]!)).length
  progress('session checks at Gatehouse')
  const ours = await measureBoth(gatehouse.port, checks, '"username"', options).finally(gatehouse.stop)

  const port = await freePort()
  const bare = await startChild('bench/bare-server.ts', { args: [String(port), String(size)] })
  progress('the same of a bare server')
  const ceiling = await measureBoth(port, checks, '"filler"', options).finally(bare.stop)

  const betterAuth = await startBetterAuth(address)
  const theirPeople = await signUpPeople(betterAuth, options.workers / 2)
  const connection = new Connection(betterAuth.port)
  for (const person of theirPeople) await person.logIn(connection)
  connection.close()
  const theirChecks = theirPeople.map((person) => check(betterAuth.host, '/api/auth/get-session', person.sessionCheckHeaders()))
  progress('session checks at Better Auth')
  const theirs = await measureBoth(betterAuth.port, theirChecks, '"expiresAt"', options).finally(betterAuth.stop)

  const ratio = (client: keyof Both) =>
    `${(ours[client].perSecond / ceiling[client].perSecond).toFixed(3)} of bare, ${(ours[client].perSecond / theirs[client].perSecond).toFixed(1)} × Better Auth`
  return [
    { what: 'bare node:http, asked over sockets', load: ceiling.sockets },
    { what: 'session checks, asked over sockets', load: ours.sockets, ratio: ratio('sockets') },
    { what: 'Better Auth: session checks, asked over sockets', load: theirs.sockets },
    { what: "bare node:http, asked by node:http's client", load: ceiling.node },
    { what: "session checks, asked by node:http's client", load: ours.node, ratio: ratio('node') },
    { what: "Better Auth: session checks, asked by node:http's client", load: theirs.node },
  ]
}

async function measureBoth(port: number, checks: readonly Check[], holds: string, options: LoadOptions): Promise<Both> {
  const half = { ...options, seconds: options.seconds / 2, warmUpSeconds: options.warmUpSeconds / 2 }
  return {
    sockets: await measureChecks(port, checks, holds, half),
    node: await measureChecksByNode(port, checks, holds, half),
  }
}

function check(host: string, path: string, headers: Record<string, string>): Check {
  return { text: requestText({ method: 'GET', path, host, headers }), path, headers: { host, ...headers } }
}

async function bodyOf(port: number, { text }: Check): Promise<string> {
  const connection = new Connection(port)
  const { body } = await connection.send(text)
  connection.close()
  return body
}
