// Session checks: who is logged in, asked with a live session's cookie.
import { Agent, get, type RequestOptions } from 'node:http'
import { type LoadOptions, load, type Samples } from './client.ts'
import { Connection } from './connection.ts'

/** What is asked, as it goes over the socket, and how node:http asks for the same. */
export type Check = { text: string; path: string; headers: Record<string, string> }

/**
 * Checks a second, each worker asking the next question in turn.
 * @param holds what every answer must hold, so that a refusal never counts as one
 */
export async function measureChecks(
  port: number,
  checks: readonly Check[],
  holds: string,
  options: LoadOptions,
): Promise<Samples> {
  const connections = Array.from({ length: options.workers }, () => new Connection(port))
  let asked = 0
  const result = await load(options, async (worker) => {
    const begin = performance.now()
    const { status, body } = await connections[worker]!.send(checks[asked++ % checks.length]!.text)
    const took = performance.now() - begin
    if (status !== 200 || !body.includes(holds)) throw new Error(`session check: ${status}`)
    return took
  })
  for (const connection of connections) connection.close()
  return result
}

/** The same asked by node:http's own client, as a module in Node would. Its cost is part of the figure. */
export async function measureChecksByNode(
  port: number,
  checks: readonly Check[],
  holds: string,
  options: LoadOptions,
): Promise<Samples> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.workers })
  let asked = 0
  const result = await load(options, async () => {
    const begin = performance.now()
    const { path, headers } = checks[asked++ % checks.length]!
    const { status, body } = await ask({ agent, host: '127.0.0.1', port, path, headers })
    const took = performance.now() - begin
    if (status !== 200 || !body.includes(holds)) throw new Error(`session check: ${status}`)
    return took
  })
  agent.destroy()
  return result
}

function ask(options: RequestOptions): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    get(options, (answer) => {
      let body = ''
      answer.setEncoding('latin1').on('data', (text: string) => {
        body += text
      })
      answer.on('end', () => resolve({ status: answer.statusCode, body }))
      answer.on('error', reject)
    }).on('error', reject)
  })
}
