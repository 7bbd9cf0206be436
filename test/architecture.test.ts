// The direction of imports, the size of files, and what the layout forbids.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { declaredTables } from './table-columns.ts'

// From the bottom up. A file imports its own room and lower rows; rooms of one row do not know each other. A folder that holds rooms
// is a wing, and wings are for people: what may know what is said here, room by room.
const rows = [
  ['config'],
  ['platform'],
  ['audit', 'instances', 'rules', 'administration/sheets'],
  ['directory/accounts', 'authenticators/proof'],
  ['authenticators/passwords'],
  ['authenticators/factors'],
  ['sessions'],
  ['directory/profiles', 'directory/teams', 'outward/messages', 'outward/events'],
  ['outward/modules'],
  ['outward/openid'],
  ['outward/logouts', 'outward/forward-auth'],
  ['credentials'],
  ['administration/users', 'administration/rule-editor', 'sign-in'],
  [
    'administration/imports',
    'administration/live',
    'administration/floor',
    'administration/desk',
    'administration/factors',
    'sign-in/second-factor',
    'administration/audit-log',
    'administration/module-access',
    'administration/console',
    'administration/api-documentation',
    'sessions/live-channel',
    'recovery',
    'home',
    'home/security',
  ],
  ['system'],
  ['operator'],
  ['app'],
  ['main'],
]
const rooms = rows.flat().sort((one, other) => other.length - one.length)
const rowOf = (room: string) => rows.findIndex((row) => row.includes(room))
/** The room that a file of server/ stands in: the longest that its path begins with. */
function placeOf(path: string): string {
  const inside = path.replace(/^server\//, '').replace(/\.ts$/, '')
  return rooms.find((room) => inside === room || inside.startsWith(`${room}/`)) ?? inside
}
const sources = globSync('server/**/*.ts', { exclude: ['**/*.test.ts'] })
const clientSources = globSync(['console/**/*.{ts,tsx}', 'public/*.js'], { exclude: ['console/dist/**'] })
const contracts = globSync('contracts/*.ts')

/** What a file imports, types too: who needs the type of another cannot be read without it. */
function importsOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/(?:from|import|import\() ?'(\.[^']+)'|new URL\('(\.\/[^']+\.ts)'/g)].map(
    (match) => relative('.', join(dirname(path), match[1] ?? match[2]!)),
  )
}

test('imports point down: a feature knows only what lies below it', () => {
  assert.ok(sources.length > 40)
  for (const path of sources) {
    const place = placeOf(path)
    assert.notEqual(rowOf(place), -1, `${path} has no place in the list`)
    for (const imported of importsOf(path)) {
      const other = placeOf(imported)
      if (other !== place) assert.ok(rowOf(other) < rowOf(place), `${path} imports ${imported}`)
    }
  }
})

test('no import goes in a circle, in the server, the console, the pages’ scripts and the contracts', () => {
  const states = new Map<string, 'open' | 'closed'>()
  const circles: string[] = []
  for (const path of [...sources, ...clientSources, ...contracts]) follow(path, [])
  assert.deepEqual(circles, [])

  function follow(path: string, way: readonly string[]): void {
    if (states.get(path) === 'open') circles.push([...way.slice(way.indexOf(path)), path].join(' > '))
    if (states.has(path)) return
    states.set(path, 'open')
    if (/\.(tsx?|js)$/.test(path)) for (const imported of importsOf(path)) follow(imported, [...way, path])
    states.set(path, 'closed')
  }
})

test('the contracts hold values and their types, and know nothing', () => {
  assert.ok(contracts.length > 0)
  for (const path of contracts) {
    const text = readFileSync(path, 'utf8')
    assert.ok(
      !/=>|function |class |await |import\(/.test(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')),
      `${path} does something`,
    )
    for (const [, imported] of text.matchAll(/from '([^']+)'/g)) assert.match(imported!, /^\.\/[\w-]+\.ts$/, path)
  }
})

test('the platform names no feature: each brings its cookie, its key, its queue, its figures and its notices', () => {
  // What an instance is, the platform knows: it keeps them apart.
  const features = rooms.filter((room) => !['platform', 'config', 'instances', 'system', 'app', 'main'].includes(room))
  const names = features.map((room) => room.split('/').at(-1)!)
  assert.ok(names.includes('recovery') && names.includes('sessions'))
  for (const path of sources.filter((path) => path.startsWith('server/platform/') && !path.endsWith('/tables.ts'))) {
    const code = readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*|'node:\w+'/g, '')
    for (const name of names)
      assert.ok(!new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'i').test(code), `${path} names the feature ${name}`)
  }
})

test('the console shares contracts/ and the types of schemas.ts with the server, and these reach no database', () => {
  for (const path of clientSources) {
    const text = readFileSync(path, 'utf8')
    for (const imported of importsOf(path).filter((each) => each.startsWith('server/'))) {
      assert.match(imported, /\/schemas\.ts$/, `${path} imports ${imported}`)
      assert.ok(
        !new RegExp(`import \\{[^}]*\\} from '[./]*${imported}'`).test(text),
        `${path} imports more than types of ${imported}`,
      )
    }
  }
  const reached = new Set<string>()
  const follow = (path: string) => {
    if (reached.has(path)) return
    reached.add(path)
    for (const imported of importsOf(path)) follow(imported)
  }
  follow('console/app/api.ts')
  assert.ok(reached.size > 15)
  assert.deepEqual(
    [...reached].filter((path) => /store\.ts$|platform\/database\.ts$/.test(path)),
    [],
  )
})

test('a feature is entered by its face, its pages, its problems or a use case that the importer names; never by its store', () => {
  for (const path of sources) {
    for (const imported of importsOf(path)) {
      if (placeOf(imported) === placeOf(path) || placeOf(imported) === 'platform') continue
      assert.ok(!/(\bstore|-store|\/schemas)\.ts$/.test(imported), `${path} imports ${imported}`)
    }
  }
})

test('only credentials change an account or give an initial password: there a change has its notices, its audit and its end', () => {
  for (const path of sources) {
    const text = readFileSync(path, 'utf8')
    const changes = importsOf(path).some((imported) => imported.endsWith('directory/accounts/account-changes.ts'))
    const gives = placeOf(path) !== 'authenticators/passwords' && /\breplaceByInitialPassword\b/.test(text)
    if (changes || gives) assert.equal(placeOf(path), 'credentials', path)
  }
})

// A node's login role cannot become the operator: what a node runs would fail, where tests that are the owner pass.
test('only commands, and who opens the database as its owner, act as the operator', () => {
  const acting = sources.filter((path) => placeOf(path) !== 'platform' && /\basOperator\(/.test(readFileSync(path, 'utf8')))
  const others = acting.filter((path) => placeOf(path) !== 'operator')
  assert.deepEqual(others.sort(), ['server/sessions/change-seats.ts', 'server/system.ts'])
  for (const path of sources)
    if (importsOf(path).some((imported) => imported.endsWith('sessions/change-seats.ts')))
      assert.equal(path, 'server/sessions/sessions.ts')
  for (const path of sources.filter((path) => /\bchangeSeats\(/.test(readFileSync(path, 'utf8'))))
    assert.ok(['operator', 'sessions'].includes(placeOf(path)), `${path} changes seats`)
})

test('use cases and stores know nothing of HTTP, and only stores and the platform know SQL', () => {
  for (const path of sources.filter((path) => !/platform\/|operator\/diagnose/.test(path))) {
    const text = readFileSync(path, 'utf8')
    const isFace = path.endsWith(`/${placeOf(path).split('/').at(-1)}.ts`) || path.endsWith('app.ts')
    if (!isFace) assert.ok(!/from 'fastify'/.test(text), `${path} knows Fastify`)
    if (!path.endsWith('store.ts')) assert.ok(!/from 'kysely'/.test(text), `${path} knows SQL`)
  }
})

/** The database functions, each with the room that owns it. */
const routines = globSync('sql/routines/*.sql').map((path) => {
  const text = readFileSync(path, 'utf8')
  const owner = /^-- Owned by server\/([\w/-]+)\.\n/.exec(text)?.[1] ?? ''
  return { path, name: basename(path, '.sql'), owner, text: text.replace(/^--.*$/gm, '') }
})

test('a table is declared by one feature, which alone writes it, in its stores and in its database functions', () => {
  const declared = declaredTables()
  const owners = new Map(declared.map(({ table, feature }) => [table, feature]))
  assert.equal(owners.size, declared.length, 'a table is declared twice')
  const writers = new Map<string, Set<string>>()
  const look = (place: string, text: string) => {
    for (const [, camel, removed, written] of text.matchAll(
      /(?:insertInto|updateTable|deleteFrom)\('(\w+)'\)|(?<=removeSome\(tx, ')([a-z_]+)|(?:insert into|(?<!do )update|delete from) ([a-z_]+)\b(?= (?:as|set|where|default|known|[a-z] set|\())/g,
    )) {
      const table = camel ?? (removed ?? written)!.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
      writers.set(table, (writers.get(table) ?? new Set()).add(place))
    }
  }
  for (const path of sources) look(placeOf(path), readFileSync(path, 'utf8'))
  // What a function does is recorded where it is done.
  for (const { owner, text } of routines) look(owner, text.replaceAll('insert into audit_event', ''))
  assert.ok(writers.size >= 20, [...writers.keys()].join())
  // What no feature declares, the platform keeps for itself: which migrations have been applied.
  for (const [table, places] of writers)
    assert.deepEqual([...places], [owners.get(table) ?? 'platform'], `who writes ${table}, and who declares it`)
})

test('a database function belongs to one feature, is called by its own stores, and calls only what lies below', () => {
  for (const { path, owner, name, text } of routines) {
    assert.notEqual(rowOf(owner), -1, `${path} does not say who owns it`)
    const calls = new RegExp(`\\b${name}\\(`)
    for (const other of routines) {
      if (other.name === name || !calls.test(other.text)) continue
      assert.ok(owner === other.owner || rowOf(owner) < rowOf(other.owner) || owner === 'platform', `${other.path} calls ${name}`)
    }
    if (owner === 'platform') continue
    for (const source of sources)
      if (calls.test(readFileSync(source, 'utf8'))) assert.equal(placeOf(source), owner, `${source} calls ${name} of ${owner}`)
    assert.ok(text.length > 0)
  }
})

test('no file is over 400 lines, and no name is a drawer', () => {
  const all = globSync(['server/**/*.ts', 'cluster/*.ts', 'test/**/*.ts', 'e2e/**/*.ts', 'bench/**/*.ts', 'demo/**/*.ts'])
  for (const path of [
    ...all,
    ...clientSources,
    ...globSync(['public/*.css', 'console/**/*.css'], { exclude: ['console/dist/**'] }),
    ...contracts,
  ]) {
    assert.ok(readFileSync(path, 'utf8').split('\n').length <= 400, path)
    assert.ok(!/(utils?|helpers?|common|misc|index)\.\w+$/.test(path), path)
  }
})

// find_lapsed only finds what it then asks of run_out_reason, by the indexes.
test('when a session has run out is said in two places only: the reason and the moment', () => {
  const said =
    /(?:last_seen_at|last_active_at|lapses_at|closes_at|lastSeenAt|lastActiveAt|lapsesAt|closesAt)['"]?\s*(?:<|>|\+|,\s*'[<>])|(?:<|>)=?\s*\w*\.?(?:last_seen_at|last_active_at|lapses_at|closes_at)\b|least\([^)]*(?:lapses_at|last_)/
  const places = [...globSync('sql/routines/*.sql'), ...sources].filter((path) => said.test(readFileSync(path, 'utf8')))
  assert.deepEqual(places.sort(), [
    'sql/routines/find_lapsed.sql',
    'sql/routines/run_out_reason.sql',
    'sql/routines/runs_out_at.sql',
  ])
})

test('sessions are ended in one place', () => {
  const ends = /update session\b[^;]*\bended_at =|updateTable\('session'\)[^;]*endedAt:/
  const places = [...globSync('sql/routines/*.sql'), ...sources].filter((path) => ends.test(readFileSync(path, 'utf8')))
  assert.deepEqual(places, ['sql/routines/end_sessions.sql'])
})
