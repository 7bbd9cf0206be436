// Stopping: on a signal, when the launcher is gone, or on a fault that nobody foresaw.

export type Stopping = {
  /** Lets what is under way finish, and lets go of everything. */
  close: () => Promise<void>
  onFault: (error: unknown) => void
  /** How long closing goes on as if nothing were, in seconds. */
  drainSeconds?: number
}

/** What is not closed by then is not waited for any more, in milliseconds. `drainSeconds` come on top of it. */
const longestClose = 15_000
/** A terminal or service manager signals the whole group, and the launcher passes its own on: within this time, twice is once. */
const sameSignal = 1000

/**
 * Ends this process well: 0 after a signal, 1 after a fault, or when closing takes too long or is cut short by another signal.
 * Call it before anything is opened, and say what to close once there is something.
 */
export function stopWell(): { closes(stopping: Stopping): void } {
  let stopping: Stopping | undefined
  let wanted: { code: number; at: number } | undefined

  function stop(code: number): void {
    if (wanted !== undefined) {
      if (performance.now() - wanted.at > sameSignal) process.exit(1)
      return
    }
    wanted = { code, at: performance.now() }
    if (stopping !== undefined) void finish(stopping, code)
  }

  async function finish({ close, onFault, drainSeconds = 0 }: Stopping, code: number): Promise<void> {
    setTimeout(() => process.exit(1), longestClose + drainSeconds * 1000).unref()
    try {
      await close()
    } catch (error) {
      onFault(error)
      process.exit(1)
    }
    process.exit(code)
  }

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop(0))
  // Nobody else could stop this process then, not even while it still starts.
  process.once('disconnect', () => stop(0))
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(fault, (error) => {
      if (stopping === undefined) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      else stopping.onFault(error)
      // The state is unknown: end, and let a new process begin with what the database knows. Source: ASVS 5.0, 16.5.4.
      stop(1)
    })

  return {
    closes(what) {
      stopping = what
      if (wanted !== undefined) void finish(what, wanted.code)
    },
  }
}
