// A copy of the working tree, in which one file at a time is changed and tests are run.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** A run of tests that takes so long is stuck, which is noticed too. */
const longestRun = 240_000

type TestRun = { tests: readonly string[]; named?: string | undefined }

export type Copy = {
  /** Runs tests, with a change made or without, until the first of them fails; its name, or null when all pass. */
  firstFailing(run: TestRun, change?: { file: string; find: string; replace: string }): Promise<string | null>
}

/** Copies what git knows or would take; the packages are those of the working tree. */
export function copyTree(folder: string, env: NodeJS.ProcessEnv): Copy {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { encoding: 'utf8', maxBuffer: 1 << 26 })
  for (const path of listed.split('\0').filter((each) => each !== '' && existsSync(each))) cpSync(path, join(folder, path))
  for (const made of ['node_modules', 'console/dist']) symlinkSync(resolve(made), join(folder, made))
  return {
    async firstFailing(run, change) {
      if (change === undefined) return runTests(folder, run, env)
      const path = join(folder, change.file)
      const text = readFileSync(path, 'utf8')
      // A function, or $ in what takes its place would mean something.
      writeFileSync(
        path,
        text.replace(change.find, () => change.replace),
      )
      try {
        return await runTests(folder, run, env)
      } finally {
        writeFileSync(path, text)
      }
    },
  }
}

async function runTests(folder: string, { tests, named }: TestRun, env: NodeJS.ProcessEnv): Promise<string | null> {
  const child = spawn(
    process.execPath,
    ['--test', '--test-reporter=tap', ...(named === undefined ? [] : [`--test-name-pattern=${named}`]), ...tests],
    {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    },
  )
  // It leads a group of its own, and would go on when this process is stopped.
  const onExit = () => end(child)
  process.on('exit', onExit)
  let failed: string | undefined
  const stuck = setTimeout(() => {
    failed ??= 'nothing ended within four minutes'
    end(child)
  }, longestRun)
  createInterface(child.stdout).on('line', (line) => {
    const name = /^\s*not ok \d+ - (.*)$/.exec(line)?.[1]
    if (name === undefined || failed !== undefined) return
    failed = name
    end(child)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(stuck)
  process.off('exit', onExit)
  return failed ?? (code === 0 ? null : `the tests ended with ${code}`)
}

/** With all that it started. */
function end({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
