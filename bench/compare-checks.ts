// Session checks a second: a bare server, Gatehouse and Better Auth by turns, asked over plain sockets and by node:http's own client.
import { signUpPeople, startBetterAuth } from './better-auth.ts'
import { freePort, startChild } from './child.ts'
import { type Load, type LoadOptions, type Samples, summary } from './client.ts'
import type { CompareNeeds, CompareOptions } from './compare-logins.ts'
import { Connection, requestText } from './connection.ts'
import { addAccounts } from './gatehouse.ts'
import { loggedIn } from './person.ts'
import type { Row } from './report.ts'
import { type Check, measureChecks, measureChecksByNode } from './session-checks.ts'

type Target = {
  name: string
  port: number
  checks: Check[]
  /** What every answer holds. */
  holds: string
  stop(): Promise<void>
  bySockets: Samples[]
  byNode: Samples[]
}

export async function compareChecks(needs: CompareNeeds, options: CompareOptions): Promise<Row[]> {
  const ours = await gatehouseTarget(needs, options.workers)
  const targets = [await bareTarget(ours), ours, await betterAuthTarget(needs, options.workers / 2)]
  for (let round = 1; round <= options.rounds; round += 1) {
    needs.progress(
      `round ${round} of ${options.rounds}: a bare server, session checks at Gatehouse, session checks at Better Auth`,
    )
    const seconds = options.seconds / options.rounds
    const turn: LoadOptions = { ...options, seconds, warmUpSeconds: round === 1 ? options.warmUpSeconds : 0.3 }
    for (const { port, checks, holds, bySockets, byNode } of targets) {
      bySockets.push(await measureChecks(port, checks, holds, turn))
      byNode.push(await measureChecksByNode(port, checks, holds, turn))
    }
  }
  for (const { stop } of targets) await stop()

  return (['bySockets', 'byNode'] as const).flatMap((client) => {
    const loads = targets.map((target) => summary(...target[client]))
    return targets.map(({ name }, at) => ({
      what: `${name}, asked ${client === 'bySockets' ? 'over sockets' : "by node:http's client"}`,
      load: loads[at]!,
      ...(targets[at] === ours && { ratio: ratio(loads) }),
    }))
  })
}

function ratio([bare, ours, theirs]: Load[]): string {
  return `${(ours!.perSecond / bare!.perSecond).toFixed(3)} of bare, ${(ours!.perSecond / theirs!.perSecond).toFixed(1)} × Better Auth`
}

async function gatehouseTarget({ address, start }: CompareNeeds, accounts: number): Promise<Target> {
  const { port, host, stop } = await start()
  const people = await loggedIn({ port, host }, await addAccounts(address, accounts, 'ready'))
  const checks = people.map((person) => check(host, '/api/session', person.sessionCheckHeaders()))
  return { name: 'session checks', port, checks, holds: '"username"', stop, bySockets: [], byNode: [] }
}

/** Answers the same requests with as many bytes. */
async function bareTarget(ours: Target): Promise<Target> {
  const connection = new Connection(ours.port)
  const { body } = await connection.send(ours.checks[0]!.text)
  connection.close()
  const port = await freePort()
  const { stop } = await startChild('bench/bare-server.ts', { args: [String(port), String(body.length)] })
  return { name: 'bare node:http', port, checks: ours.checks, holds: '"filler"', stop, bySockets: [], byNode: [] }
}

async function betterAuthTarget({ address }: CompareNeeds, accounts: number): Promise<Target> {
  const betterAuth = await startBetterAuth(address)
  const { port, host, stop } = betterAuth
  const people = await signUpPeople(betterAuth, accounts)
  const connection = new Connection(port)
  for (const person of people) await person.logIn(connection)
  connection.close()
  const checks = people.map((person) => check(host, '/api/auth/get-session', person.sessionCheckHeaders()))
  return { name: 'Better Auth: session checks', port, checks, holds: '"expiresAt"', stop, bySockets: [], byNode: [] }
}

function check(host: string, path: string, headers: Record<string, string>): Check {
  return { text: requestText({ method: 'GET', path, host, headers }), path, headers: { host, ...headers } }
}
