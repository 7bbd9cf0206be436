// Runs imports in the background: those that somebody starts here, and those whose node has died.
import { type RunNeeds, runImport } from './run-import.ts'
import { findAbandonedRuns } from './store.ts'

const lookEveryMilliseconds = 5000

export type ImportRunner = Readonly<{
  /** Begins to look for imports that nobody works on. */
  listen(): void
  /** Works on an import; nobody waits for it. */
  begin(instance: { id: string }, importId: string): void
  /** Ends after the batches that are under way. Other nodes go on. */
  close(): Promise<void>
}>

/** @param onFault told when an import cannot be worked on; it is tried again in a while, here or elsewhere */
export function openImportRunner(
  needs: RunNeeds,
  onFault: (error: unknown) => void,
  lookEvery = lookEveryMilliseconds,
): ImportRunner {
  const ending = new AbortController()
  const running = new Map<string, Promise<void>>()
  let looking: NodeJS.Timeout | undefined

  function begin(instance: { id: string }, importId: string): void {
    if (ending.signal.aborted || running.has(importId)) return
    const work = runImport(needs, instance, importId, ending.signal)
      .catch(onFault)
      .finally(() => running.delete(importId))
    running.set(importId, work)
  }

  async function look(): Promise<void> {
    try {
      for (const { instanceId, importId } of await needs.database.call(findAbandonedRuns)) begin({ id: instanceId }, importId)
    } catch (error) {
      onFault(error)
    }
  }

  return {
    listen() {
      looking = setInterval(() => void look(), lookEvery).unref()
    },
    begin,
    async close() {
      clearInterval(looking)
      ending.abort()
      await Promise.all(running.values())
    },
  }
}
