import DataLoader from 'dataloader'

/** Asks the database for the sessions of several cookies of one instance; the answers are in their order. */
type Ask<Asked, Found> = (instance: { id: string }, asked: readonly Asked[]) => Promise<(Found | undefined)[]>

/** How long a check waits at the most for an earlier statement, in milliseconds: several times what one takes. */
const longestWait = 5

/**
 * Lets session checks share one statement for each instance: those that arrive in the same turn of the event loop, and those that
 * arrive while a statement is under way. The more requests there are, the less each costs. Nothing is remembered: every check is
 * answered by a statement that began after it was asked for, so what ended a session, on whatever node, counts at the next request.
 * One that hangs holds up those who share it, and the others for 5 ms.
 */
export function openSessionChecks<Asked, Found>(ask: Ask<Asked, Found>) {
  const lines = new Map<string, DataLoader<Asked, Found | undefined>>()

  /** The live session of a cookie, if it is one. */
  function run({ id }: { id: string }, asked: Asked): Promise<Found | undefined> {
    const line = lines.get(id) ?? openLine((all) => ask({ id }, all))
    lines.set(id, line)
    return line.load(asked)
  }

  return { run }
}

function openLine<Asked, Found>(
  ask: (asked: readonly Asked[]) => Promise<(Found | undefined)[]>,
): DataLoader<Asked, Found | undefined> {
  let underWay = 0
  let waiting: NodeJS.Timeout | undefined
  let sendWaiting = () => {}
  return new DataLoader<Asked, Found | undefined>(
    async (asked) => {
      underWay += 1
      try {
        return await ask(asked)
      } finally {
        underWay -= 1
        if (waiting !== undefined) sendWaiting()
      }
    },
    {
      cache: false,
      batchScheduleFn(send) {
        if (underWay === 0) return void setImmediate(send)
        sendWaiting = () => {
          clearTimeout(waiting)
          waiting = undefined
          send()
        }
        waiting = setTimeout(sendWaiting, longestWait)
      },
    },
  )
}
