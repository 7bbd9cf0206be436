// Whatever arrives, no route answers with a 500, and none without its headers.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { permissions } from '../server/directory/profiles/profiles.ts'
import { startNodes } from './nodes.ts'

const nasty: unknown[] = [
  '',
  ' ',
  'x'.repeat(5000),
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e',
  '%00',
  '%',
  '../../etc/passwd',
  "' or 1=1 --",
  '<script>alert(1)</script>',
  '{{7*7}}',
  `\${7*7}`,
  '__proto__',
  'constructor',
  '//evil.example',
  '\r\nSet-Cookie: a=b',
  '😀'.repeat(300),
  'null',
  '-1',
  'NaN',
  null,
  true,
  0,
  1e308,
  [],
  ['a', 'b'],
  {},
  { $ne: '' },
  { __proto__: { admin: true } },
]

type Schema = {
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  enum?: unknown[]
  pattern?: string
}
type Operation = { requestBody?: { content: Record<string, { schema: Schema }> }; parameters?: { in: string; name: string }[] }
type OpenApi = { paths: Record<string, Record<string, Operation>> }

function operationOf({ paths }: OpenApi, method: string, url: string): Operation | undefined {
  return paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
}

function bodyOf(document: OpenApi, method: string, url: string): Schema | undefined {
  return operationOf(document, method, url)?.requestBody?.content['application/json']?.schema
}

function parametersOf(document: OpenApi, method: string, url: string): string[] {
  return (operationOf(document, method, url)?.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => name)
}

/** A value that the schema lets through, so that the one bad value beside it reaches what lies behind. */
function plausible(schema: Schema | undefined, id: string): unknown {
  if (schema === undefined) return {}
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return plausible(schema.anyOf[0], id)
  if (schema.type === 'object')
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, each]) => [name, plausible(each, id)]))
  if (schema.type === 'array') return [plausible(schema.items, id)]
  if (schema.type === 'integer') return 1
  if (schema.type === 'boolean') return true
  return schema.pattern?.includes('[0-9a-f]{8}') ? id : 'a'
}

test('fault-F35 asvs-2.2.1 asvs-15.3.5 bad input to every route never gives a 500', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount({ profile: 'Administrator' })
  const other = await system.addAccount()
  const documented = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenApi
  const signedIn = system.browser()
  await signedIn.logIn(account.username, account.password)
  await signedIn.get('/home')
  const stranger = system.browser()
  await stranger.get('/login')
  const fields = [
    'username',
    'password',
    'next',
    'newPassword',
    'newPasswordAgain',
    'currentPassword',
    'language',
    'choose',
    'back',
    'done',
    'bye',
    'formToken',
  ]
  let answers = 0

  for (const { method, url } of system.routes.filter(({ method, url }) => method !== 'HEAD' && url !== '/log-out')) {
    for (const browser of [stranger, signedIn]) {
      for (const [i, value] of nasty.entries()) {
        const text = typeof value === 'string' ? value : JSON.stringify(value)
        const inPath = encodeURIComponent(text.slice(0, 90).toWellFormed()) || 'x'
        const path = url.replace(/:\w+/g, i % 2 === 0 && url.includes(':id') ? other.id : inPath)
        const schema = bodyOf(documented, method, url)
        const known = [...Object.keys(schema?.properties ?? {}), ...parametersOf(documented, method, url)]
        const field = known.length > 0 ? known[i % known.length]! : fields[i % fields.length]!
        const bodies: [string, string][] =
          method === 'GET'
            ? [['', '']]
            : [
                [
                  'application/json',
                  JSON.stringify({
                    formToken: browser.formToken,
                    username: 'a',
                    password: 'b',
                    next: '',
                    newPassword: 'c',
                    [field]: value,
                  }),
                ],
                ['application/json', JSON.stringify({ ...(plausible(schema, other.id) as object), [field]: value })],
                ['application/json', `{"formToken":"${browser.formToken}","__proto__":{"a":1},"newPassword":"x"}`],
                ['application/json', text],
                [
                  'application/x-www-form-urlencoded',
                  `formToken=${browser.formToken}&${field}=${encodeURIComponent(text.toWellFormed())}&username=a&username=b&__proto__[a]=1`,
                ],
                ['application/x-www-form-urlencoded', `formToken=${browser.formToken}&${field}=%ff%fe%00%zz`],
                ['text/plain', text],
                ['multipart/form-data; boundary=x', `--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n${text}\r\n--x--`],
                ['application/json\t', text],
              ]
        const query = method === 'GET' ? `?${field}=${encodeURIComponent(text.toWellFormed())}&${field}=again&__proto__=1` : ''
        for (const [type, body] of bodies) {
          const token = { 'x-form-token': browser.formToken }
          const sent = method === 'GET' ? undefined : body
          const answer = await browser.send(method as 'GET', path + query, sent, type || undefined, schema && token)
          assert.ok(answer.status < 500, `${method} ${path} ${type} ${body}: ${answer.status} ${answer.body}`)
          assert.ok(answer.headers['content-security-policy'], `${method} ${path} has its headers`)
          assert.ok(
            !/<script>alert|49/.test(
              answer.body
                .replace(/v=[\w-]+/g, '')
                .replace(/formToken" value="[^"]*/g, '')
                .replace(/id[^<]*/g, ''),
            ) || !answer.body.includes('<script>alert'),
            'nothing is echoed raw',
          )
          answers += 1
        }
      }
    }
  }
  assert.ok(answers > 2000)
})

test('cve-C19 what was typed as a username comes back as text, whatever it is', async (t) => {
  const system = await startNodes(t)
  const browser = system.browser()
  await fc.assert(
    fc.asyncProperty(
      fc.string({
        unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', '=', '/', '{', '}', '`', '\n', 'é'),
        minLength: 1,
        maxLength: 20,
      }),
      async (typed) => {
        const { body } = await browser.logIn(typed, 'wrong')
        const shown = /name="username" value="([^"]*)"/.exec(body)?.[1]
        const decoded = shown
          ?.replace(/&lt;/g, '<')
          .replace(/&gt;/g, '>')
          .replace(/&quot;/g, '"')
          .replace(/&#39;/g, "'")
          .replace(/&amp;/g, '&')
        assert.equal(decoded, typed)
      },
    ),
    { numRuns: 60 },
  )
})

test('cve-C06 asvs-3.7.2 whatever is asked for as the next page, a login never leads to another site', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const corpus = [
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    'javascript:alert(1)',
    '/%2f/evil.example',
    '/..//evil.example',
    '/.//evil.example',
    '@evil.example',
    '/@evil.example',
    'http:evil.example',
    '/%5cevil.example',
    'data:text/html,x',
    ' //evil.example',
    '/home#//evil',
    '',
  ]
  for (const next of corpus) {
    const browser = system.browser()
    const answer = await browser.logIn(username, password, next)
    const location = answer.location ?? ''
    const url = new URL(location, 'http://localhost:8080')
    assert.equal(url.origin, 'http://localhost:8080', `${JSON.stringify(next)} leads to ${location}`)
    assert.ok(!location.startsWith('//') && !location.includes('\\'), location)
    assert.ok(!(await browser.get(`/language?choose=es&back=${encodeURIComponent(next)}`)).location?.includes('//'))
    await browser.get('/home')
    await browser.post('/log-out')
  }
})

test('asvs-8.1.1 asvs-6.1.3 every route says who may call it, and this is the list', async (t) => {
  const system = await startNodes(t)
  const list = system.routes
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url, access }) => `${method} ${url} ${access}`)
  assert.deepEqual(list.sort(), [
    'DELETE /api/profiles/:id profiles.manage',
    'DELETE /api/teams/:id teams.manage',
    'GET / public',
    'GET /api/accounts accounts.view',
    'GET /api/accounts/:id accounts.view',
    'GET /api/accounts/:id/login-checks accounts.view',
    'GET /api/accounts/choices accounts.view',
    'GET /api/accounts/export accounts.export',
    'GET /api/audit audit.view',
    'GET /api/audit/export audit.view',
    'GET /api/desk accounts.view',
    'GET /api/docs api.view',
    'GET /api/imports accounts.import',
    'GET /api/imports/:id accounts.import',
    'GET /api/imports/:id/accounts accounts.import',
    'GET /api/imports/:id/causes accounts.import',
    'GET /api/imports/:id/report accounts.import',
    'GET /api/imports/:id/rows accounts.import',
    'GET /api/imports/template accounts.import',
    'GET /api/live signed-in',
    'GET /api/mail accounts.view',
    'GET /api/messages accounts.view',
    'GET /api/openapi.json api.view',
    'GET /api/permissions profiles.view',
    'GET /api/profiles profiles.view',
    'GET /api/recovery-requests requests.answer',
    'GET /api/rules rules.view',
    'GET /api/seats sessions.view',
    'GET /api/session signed-in',
    'GET /api/sessions sessions.view',
    'GET /api/teams teams.view',
    'GET /assets/:name public',
    'GET /assets/console/:name public',
    'GET /change-language signed-in',
    'GET /change-password signed-in',
    'GET /choose-password public',
    'GET /console signed-in',
    'GET /console/* signed-in',
    'GET /forgot-password public',
    'GET /healthz public',
    'GET /home signed-in',
    'GET /language public',
    'GET /login public',
    'GET /readyz public',
    'GET /recover public',
    'POST /api/accounts accounts.create',
    'POST /api/accounts/:id/extend-validity accounts.extend',
    'POST /api/accounts/:id/unlock accounts.unlock',
    'POST /api/accounts/assign-profile accounts.update',
    'POST /api/accounts/assign-team accounts.update',
    'POST /api/accounts/disable accounts.update',
    'POST /api/accounts/enable accounts.update',
    'POST /api/accounts/messages accounts.new-password',
    'POST /api/accounts/remove accounts.delete',
    'POST /api/accounts/slips accounts.new-password',
    'POST /api/imports accounts.import',
    'POST /api/imports/:id/run accounts.import',
    'POST /api/imports/:id/undo accounts.import',
    'POST /api/messages/:id/retry accounts.new-password',
    'POST /api/password-check public',
    'POST /api/profiles profiles.manage',
    'POST /api/recovery-requests/:id/answer requests.answer',
    'POST /api/recovery-requests/:id/refuse requests.answer',
    'POST /api/recovery/password-check public',
    'POST /api/rules/expire-passwords rules.manage',
    'POST /api/rules/preview rules.view',
    'POST /api/session/alive signed-in',
    'POST /api/session/stay signed-in',
    'POST /api/sessions/end sessions.end',
    'POST /api/sessions/end-all sessions.end',
    'POST /api/teams teams.manage',
    'POST /change-language signed-in',
    'POST /change-password signed-in',
    'POST /choose-password public',
    'POST /forgot-password public',
    'POST /log-out signed-in',
    'POST /login public',
    'POST /not-me public',
    'POST /recover public',
    'POST /take-over public',
    'PUT /api/accounts/:id accounts.update',
    'PUT /api/imports/:id accounts.import',
    'PUT /api/profiles/:id profiles.manage',
    'PUT /api/rules rules.manage',
    'PUT /api/teams/:id teams.manage',
  ])
  const named = system.routes.map(({ access }) => access).filter((access) => access !== 'public' && access !== 'signed-in')
  for (const access of named) assert.ok(Object.hasOwn(permissions, access))
  const stranger = system.browser()
  for (const { method, url, access } of system.routes.filter(({ access }) => access !== 'public')) {
    const answer = await stranger.send(method as 'GET', url, method === 'POST' ? '{}' : undefined, 'application/json')
    assert.ok(
      url.startsWith('/api/') ? answer.status === 401 : answer.location?.startsWith('/login'),
      `${method} ${url} ${access}: ${answer.status}`,
    )
  }
})
