// The built console: console/dist, read once and served from memory. `npm start` builds it when it is not there or not of this code.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'

type ConsoleFile = { type: string; plain: Buffer; compressed: Buffer }

export type ConsoleFiles = Readonly<{
  /** The file names of what the page begins with. */
  script: string
  styles: readonly string[]
  /** The other scripts of a screen, in the order in which the browser needs them: it asks for all at once, and not for one after the other. */
  scriptsOf(screen: string, language: string): readonly string[]
  find(name: string): ConsoleFile | undefined
}>

const types: Record<string, string> = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8' }
const folder = new URL('../../../console/dist/', import.meta.url)

type Chunk = { file: string; name?: string; css?: string[]; imports?: string[] }
type Manifest = Record<string, Chunk | undefined>

function addWithImports(manifest: Manifest, chunk: Chunk | undefined, names: Set<string>): void {
  if (chunk === undefined || names.has(chunk.file)) return
  names.add(chunk.file)
  for (const each of chunk.imports ?? []) addWithImports(manifest, manifest[each], names)
}

/** @throws Error when the console was not built */
export function openConsoleFiles(): ConsoleFiles {
  if (!existsSync(new URL('manifest.json', folder)))
    throw new Error('The console is not built: start with `npm start`, or run `npm run build` first.')
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Manifest
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
  const scriptsOf = (screen: string, language: string) => {
    // Each subject that all screens speak of is a small file that leads to the one that holds them.
    const texts = Object.entries(manifest).flatMap(([name, chunk]) =>
      name.startsWith(`../locales/${language}/`) && chunk?.imports !== undefined ? [chunk] : [],
    )
    const own = [manifest[`${screen}/${screen}-screen.tsx`], manifest[`../locales/${language}/${screen}.json`]]
    const names = new Set<string>()
    for (const each of [entry, ...own, ...texts]) addWithImports(manifest, each, names)
    names.delete(entry.file)
    return [...names]
  }
  return { script: entry.file, styles: entry.css ?? [], scriptsOf, find: (name) => files.get(name) }
}
