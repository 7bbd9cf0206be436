// The load client: so many workers at once for so long, and what their work took.

export type Load = {
  perSecond: number
  /** Milliseconds. */
  p50: number
  p95: number
  p99: number
  count: number
  seconds: number
  /** How often each failure came, by its words. */
  errors: Record<string, number>
}

/** What one stretch of load measured: the milliseconds of each piece of work, and the failures. */
export type Samples = { took: number[]; seconds: number; errors: Record<string, number> }

export type LoadOptions = {
  workers: number
  /** At the most. */
  seconds: number
  warmUpSeconds: number
  /** Ends it earlier. */
  until?: () => boolean
}

/**
 * Lets every worker do `work` again and again, and measures after the warm-up.
 * Closed loop: a worker begins again when it is done, so a slower server is asked less often.
 * @param work returns how many milliseconds the counted part took; what it throws is counted as an error, and never as work
 */
export async function load(
  { workers, seconds, warmUpSeconds, until = () => false }: LoadOptions,
  work: (worker: number) => Promise<number>,
): Promise<Samples> {
  const begin = performance.now() + warmUpSeconds * 1000
  const end = begin + seconds * 1000
  const took: number[] = []
  const errors: Record<string, number> = {}

  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      while (performance.now() < end && !until()) {
        try {
          const milliseconds = await work(worker)
          const now = performance.now()
          if (now >= begin && now < end) took.push(milliseconds)
        } catch (error) {
          // Errors of the warm-up count too: nothing may go wrong at all.
          countError(errors, error)
          await pause(10)
        }
      }
    }),
  )
  return { took, seconds: Math.min(seconds, (performance.now() - begin) / 1000), errors }
}

/** Counts a failure by its words. */
export function countError(errors: Record<string, number>, error: unknown): void {
  const words = (error as Error).message
  errors[words] = (errors[words] ?? 0) + 1
}

/** The figures of several stretches of one kind of load. */
export function summary(...stretches: readonly Samples[]): Load {
  const took = stretches.flatMap((stretch) => stretch.took)
  const seconds = stretches.reduce((sum, stretch) => sum + stretch.seconds, 0)
  const errors: Record<string, number> = {}
  for (const stretch of stretches)
    for (const [words, count] of Object.entries(stretch.errors)) errors[words] = (errors[words] ?? 0) + count
  return { perSecond: took.length / seconds, ...percentiles(took), count: took.length, seconds, errors }
}

/** The median and the slow end, by nearest rank. NaN when there are no values. */
export function percentiles(values: readonly number[]): { p50: number; p95: number; p99: number } {
  const sorted = Float64Array.from(values).sort()
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  return { p50: rank(0.5), p95: rank(0.95), p99: rank(0.99) }
}

/** Milliseconds that a piece of work took, and what came of it. */
export async function timed<T>(work: () => Promise<T>): Promise<{ milliseconds: number; result: T }> {
  const begin = performance.now()
  const result = await work()
  return { milliseconds: performance.now() - begin, result }
}

/** Throws unless the answer has the expected status: a benchmark that counts failures as work measures nothing. */
export function expectStatus(what: string, status: number, expected: number): void {
  if (status !== expected) throw new Error(`${what}: ${status} instead of ${expected}`)
}

/** Waits so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** How many failures there were, of all kinds. */
export function errorCount({ errors }: Pick<Load, 'errors'>): number {
  return Object.values(errors).reduce((sum, count) => sum + count, 0)
}
