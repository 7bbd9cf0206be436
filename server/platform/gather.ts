type Waiting<Asked, Answer> = {
  asked: Asked
  resolve: (answer: Answer | PromiseLike<Answer>) => void
  reject: (error: unknown) => void
}

/** After a stall much comes at once: a statement stays short all the same. */
const mostTogether = 500

/**
 * Lets what is asked of one instance within so many milliseconds share one statement: the more there is, the less each costs.
 * Every answer is of a statement that began after it was asked for. Nothing waits for an earlier statement, so one that hangs holds up
 * nobody but those who share it.
 * @param ask answers for all at once, in their order
 */
export function gather<Asked, Answer>(
  milliseconds: number,
  ask: (instance: { id: string }, asked: readonly Asked[]) => Promise<readonly (Answer | PromiseLike<Answer>)[]>,
): (instance: { id: string }, asked: Asked) => Promise<Answer> {
  let gathered = new Map<string, Waiting<Asked, Answer>[]>()

  function send(): void {
    const lines = gathered
    gathered = new Map()
    for (const [id, line] of lines)
      for (let from = 0; from < line.length; from += mostTogether) void answer({ id }, line.slice(from, from + mostTogether))
  }

  async function answer(instance: { id: string }, line: Waiting<Asked, Answer>[]): Promise<void> {
    try {
      const found = await ask(
        instance,
        line.map(({ asked }) => asked),
      )
      for (const [place, { resolve }] of line.entries()) resolve(found[place]!)
    } catch (error) {
      for (const { reject } of line) reject(error)
    }
  }

  return (instance, asked) =>
    new Promise((resolve, reject) => {
      if (gathered.size === 0) setTimeout(send, milliseconds)
      const waiting = { asked, resolve, reject }
      const line = gathered.get(instance.id)
      if (line === undefined) gathered.set(instance.id, [waiting])
      else line.push(waiting)
    })
}
