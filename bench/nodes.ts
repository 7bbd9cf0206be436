// Session checks through one node and through three on the same database and the same machine.
import { type LoadOptions, summary } from './client.ts'
import type { CompareNeeds } from './compare-logins.ts'
import { requestText } from './connection.ts'
import { addAccounts } from './gatehouse.ts'
import { loggedIn } from './person.ts'
import type { Row } from './report.ts'
import { measureChecks } from './session-checks.ts'

const nodeCount = 3

/** People log in at one node and ask all of them; as many at once are asked for in both. */
export async function compareNodes({ address, start, progress }: CompareNeeds, options: LoadOptions): Promise<Row[]> {
  progress(`session checks through one node and through ${nodeCount}`)
  const nodes = await Promise.all(Array.from({ length: nodeCount }, start))
  const people = await loggedIn(nodes[0]!, await addAccounts(address, options.workers, 'ready'))
  const each = Math.floor(options.workers / nodeCount)
  const through = async (count: number) => {
    const workers = (each * nodeCount) / count
    const stretches = await Promise.all(
      nodes.slice(0, count).map(({ port, host }) => {
        const checks = people.map((person) => {
          const headers = person.sessionCheckHeaders()
          return { text: requestText({ method: 'GET', path: '/api/session', host, headers }), path: '/api/session', headers }
        })
        return measureChecks(port, checks, '"username"', { ...options, workers })
      }),
    )
    const { took, errors } = {
      took: stretches.flatMap((each) => each.took),
      errors: summary(...stretches).errors,
    }
    return summary({ took, errors, seconds: Math.max(...stretches.map(({ seconds }) => seconds)) })
  }
  const one = await through(1)
  const three = await through(nodeCount)
  await Promise.all(nodes.map(({ stop }) => stop()))
  return [
    { what: 'session checks through one node', load: one },
    {
      what: `session checks through ${nodeCount} nodes`,
      load: three,
      ratio: `${(three.perSecond / one.perSecond).toFixed(2)} of one`,
    },
  ]
}
