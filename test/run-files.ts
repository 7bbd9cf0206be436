// Runs test files and counts.
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

/** Runs test files, so many at the same moment, and prints what becomes of them. */
export async function runFiles(files: string[], concurrency: number): Promise<{ passed: number; failed: number }> {
  const count = { passed: 0, failed: 0 }
  await new Promise<void>((resolve) => {
    const tests = run({ files, concurrency, timeout: 600_000 })
    tests.on('test:pass', ({ details }) => {
      if (details.type !== 'suite') count.passed += 1
    })
    tests.on('test:fail', ({ details }) => {
      if (details.type !== 'suite') count.failed += 1
    })
    tests.compose(new spec()).on('end', resolve).pipe(process.stdout)
  })
  return count
}
