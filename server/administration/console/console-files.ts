// The built console: console/dist, read once and served from memory. `npm start` builds it when it is not there or not of this code.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'

type ConsoleFile = { type: string; plain: Buffer; compressed: Buffer }

export type ConsoleFiles = Readonly<{
  /** The file names of what the page begins with. */
  script: string
  styles: readonly string[]
  find(name: string): ConsoleFile | undefined
}>

const types: Record<string, string> = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8' }
const folder = new URL('../../../console/dist/', import.meta.url)

/** @throws Error when the console was not built */
export function openConsoleFiles(): ConsoleFiles {
  if (!existsSync(new URL('manifest.json', folder)))
    throw new Error('The console is not built: start with `npm start`, or run `npm run build` first.')
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Record<
    string,
    { file: string; css?: string[] } | undefined
  >
  const entry = manifest['main.tsx']!
  const files = new Map(
    readdirSync(folder)
      .filter((name) => extname(name) in types)
      .map((name): [string, ConsoleFile] => [
        name,
        {
          type: types[extname(name)]!,
          plain: readFileSync(new URL(name, folder)),
          compressed: readFileSync(new URL(`${name}.br`, folder)),
        },
      ]),
  )
  return { script: entry.file, styles: entry.css ?? [], find: (name) => files.get(name) }
}
