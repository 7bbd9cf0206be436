import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { generatedDocuments } from './generated-documents.ts'
import { startNodes } from './nodes.ts'

test('asvs-6.1.1 asvs-2.1.1 the generated documents are those of this code; if not, `npm run docs` writes them', async () => {
  for (const [path, text] of Object.entries(await generatedDocuments()))
    assert.equal(readFileSync(path, 'utf8'), text, `${path} is out of date`)
})

test('every route of the API is documented, and the document holds no other', async (t) => {
  const { routes } = await startNodes(t)
  const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, { operationId?: string; summary?: string }>>
  }
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const served = routes
    .filter(
      ({ method, url }) => url.startsWith('/api/') && method !== 'HEAD' && !['/api/docs', '/api/openapi.json'].includes(url),
    )
    .map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`)
  assert.deepEqual(documented.sort(), served.sort())
  for (const methods of Object.values(paths))
    for (const operation of Object.values(methods)) assert.ok(operation.operationId && operation.summary)
})

test('what has a name in the document of the API is written once, and every reference leads there', () => {
  const text = readFileSync('docs/openapi.json', 'utf8')
  assert.ok(text.split('\n').length < 9000)
  const document = JSON.parse(text)
  const targets = new Set([...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path]) => path!))
  assert.ok(targets.has('components/responses/Problem'))
  for (const path of targets)
    assert.ok(
      path.split('/').reduce((at, name) => at?.[name], document),
      path,
    )
  for (const title of Object.keys(document.components.schemas))
    assert.equal(text.split(`"title": "${title}"`).length, 2, `${title} is written more than once`)
})

test('every link between the documents leads somewhere', () => {
  for (const path of globSync(['*.md', 'docs/**/*.md'])) {
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)) {
      const full = new URL(target!, `file:///${path}`).pathname.slice(1)
      assert.ok(globSync(full).length > 0, `${path} links to ${target}, which is not there`)
    }
  }
})

test('every route that the console calls is served, with the schema that it is typed by', async () => {
  const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, { operationId: string }> | undefined>
  }
  const calls = [...readFileSync('console/app/api.ts', 'utf8').matchAll(/'([A-Z]+) (\/api\/[^']+)': typeof \w+\.(\w+)Route/g)]
  assert.ok(calls.length > 10)
  for (const [, method, url, schema] of calls)
    assert.equal(paths[url!.replace(/:(\w+)/g, '{$1}')]?.[method!.toLowerCase()]?.operationId, schema, `${method} ${url}`)
})

test('every component that the console uses has its style', () => {
  const styles = readFileSync('console/app/mantine.css', 'utf8')
  const used = globSync('console/**/*.{ts,tsx}', { exclude: ['console/dist/**'] }).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap(
      ([, names]) => names!.match(/\b[A-Z]\w+/g) ?? [],
    ),
  )
  assert.ok(used.length > 30)
  for (const name of new Set(used))
    if (existsSync(`node_modules/@mantine/core/styles/${name}.css`))
      assert.ok(styles.includes(`/${name}.css"`), `${name} is missing in console/app/mantine.css`)
})
