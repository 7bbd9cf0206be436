/** Does `work` for a key at once, and again after `milliseconds` if it was asked for meanwhile: never more often. */
export function atMostEvery(milliseconds: number, work: (key: string) => void) {
  const resting = new Map<string, { again: boolean; timer: NodeJS.Timeout }>()

  function ask(key: string): void {
    const rest = resting.get(key)
    if (rest !== undefined) {
      rest.again = true
      return
    }
    resting.set(key, { again: false, timer: setTimeout(() => wake(key), milliseconds).unref() })
    work(key)
  }

  function wake(key: string): void {
    const again = resting.get(key)?.again
    resting.delete(key)
    if (again) ask(key)
  }

  return {
    ask,
    close(): void {
      for (const { timer } of resting.values()) clearTimeout(timer)
      resting.clear()
    },
  }
}
