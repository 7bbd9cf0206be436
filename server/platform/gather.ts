import DataLoader from 'dataloader'

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
  ask: (instance: { id: string }, asked: readonly Asked[]) => Promise<readonly Answer[]>,
): (instance: { id: string }, asked: Asked) => Promise<Answer> {
  const loaders = new Map<string, DataLoader<Asked, Answer>>()
  return ({ id }, asked) => {
    const loader =
      loaders.get(id) ??
      new DataLoader<Asked, Answer>((all) => ask({ id }, all), {
        cache: false,
        maxBatchSize: mostTogether,
        batchScheduleFn: (send) => void setTimeout(send, milliseconds),
      })
    loaders.set(id, loader)
    return loader.load(asked)
  }
}
