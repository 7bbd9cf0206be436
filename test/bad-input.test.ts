// Whatever arrives, no route answers with a 500, and none without its headers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Policy } from '../server/platform/policy.ts'
import { bodyOf, parametersOf, plausible, readDocumented } from './documented.ts'
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

test('fault-F35 asvs-2.2.1 asvs-15.3.5 bad input to every route never gives a 500', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount({ profile: 'Administrator' })
  const other = await system.addAccount()
  const documented = readDocumented()
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
            ) ||
              !answer.body.includes('<script>alert') ||
              // A spreadsheet is saved and never shown, and holds what was typed.
              answer.headers['content-type'] === 'text/csv; charset=utf-8',
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

/** A policy in a line: who may call, how it answers, and what is unusual. */
function shown({ caller, permission, form, answers, automatic, anyHost, slowBody, csp }: Policy): string {
  const unusual = { protocol: form === 'protocol', automatic, anyHost, slowBody, csp: csp !== undefined }
  const marks = Object.entries(unusual).flatMap(([name, is]) => (is ? [name] : []))
  return [permission ?? caller, answers, ...marks].join(' ')
}

test('asvs-8.1.1 asvs-6.1.3 every route says who may call it, and this is the list', async (t) => {
  const system = await startNodes(t)
  const list = system.routes
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url, policy }) => `${method} ${url} ${shown(policy)}`)
  assert.deepEqual(list.sort(), [
    'DELETE /api/modules/:id modules.manage json',
    'DELETE /api/modules/:id/secrets/:secretId modules.manage json',
    'DELETE /api/profiles/:id profiles.manage json',
    'DELETE /api/teams/:id teams.manage json',
    'DELETE /forward-auth/envoy anybody json protocol automatic',
    'DELETE /forward-auth/envoy/* anybody json protocol automatic',
    'GET / anybody page',
    'GET /.gatehouse/callback anybody json protocol automatic',
    'GET /.gatehouse/start anybody json protocol automatic',
    'GET /.well-known/change-password anybody page',
    'GET /.well-known/oauth-authorization-server anybody json protocol automatic',
    'GET /.well-known/openid-configuration anybody json protocol automatic',
    'GET /api/accounts accounts.view json',
    'GET /api/accounts/:id accounts.view json',
    'GET /api/accounts/:id/factors accounts.view json automatic',
    'GET /api/accounts/:id/modules accounts.view json automatic',
    'GET /api/accounts/:id/sessions sessions.view json automatic',
    'GET /api/accounts/choices accounts.view json',
    'GET /api/accounts/groups accounts.view json automatic',
    'GET /api/audit audit.view json',
    'GET /api/desk accounts.view json automatic',
    'GET /api/docs api.view page',
    'GET /api/factor-rules rules.view json',
    'GET /api/factor-rules/:id/without-factor rules.view json',
    'GET /api/first-day rules.manage json automatic',
    'GET /api/floor sessions.view json automatic',
    'GET /api/imports accounts.import json',
    'GET /api/imports/:id accounts.import json',
    'GET /api/imports/:id/accounts accounts.import json',
    'GET /api/imports/:id/causes accounts.import json',
    'GET /api/imports/:id/report accounts.import json',
    'GET /api/imports/:id/rows accounts.import json',
    'GET /api/imports/template accounts.import json',
    'GET /api/live person json automatic',
    'GET /api/mail accounts.view json',
    'GET /api/messages accounts.view json',
    'GET /api/modules modules.view json',
    'GET /api/modules/:id/logouts modules.view json',
    'GET /api/modules/:id/people/:accountId modules.manage json',
    'GET /api/modules/:id/refusals modules.view json',
    'GET /api/openapi.json api.view json',
    'GET /api/passkey-options anybody json automatic',
    'GET /api/permissions profiles.view json',
    'GET /api/profiles profiles.view json',
    'GET /api/recovery-requests requests.answer json automatic',
    'GET /api/rules rules.view json',
    'GET /api/seats sessions.view json automatic',
    'GET /api/seats/week-ago sessions.view json automatic',
    'GET /api/session person json',
    'GET /api/sessions sessions.view json automatic',
    'GET /api/sign-in/vouch anybody json automatic',
    'GET /api/teams teams.view json',
    'GET /assets/:name anybody page anyHost',
    'GET /assets/console/:name anybody page anyHost',
    'GET /change-language person page',
    'GET /change-password person page',
    'GET /choose-password anybody page',
    'GET /console person page',
    'GET /console/* person page',
    'GET /enrolment anybody page',
    'GET /forgot-password anybody page',
    'GET /forward-auth/:proxy anybody json protocol automatic',
    'GET /forward-auth/envoy anybody json protocol automatic',
    'GET /forward-auth/envoy/* anybody json protocol automatic',
    'GET /forward-auth/sign-in anybody page automatic',
    'GET /forward-auth/trouble anybody page automatic',
    'GET /healthz anybody json anyHost',
    'GET /home person page',
    'GET /home/landing person page',
    'GET /home/still person page automatic',
    'GET /language anybody page',
    'GET /login anybody page',
    'GET /oidc/auth anybody json protocol automatic csp',
    'GET /oidc/auth/:uid anybody json protocol automatic csp',
    'GET /oidc/device person page',
    'GET /oidc/jwks anybody json protocol automatic',
    'GET /oidc/logout anybody json protocol automatic',
    'GET /oidc/userinfo anybody json protocol automatic',
    'GET /readyz anybody json anyHost',
    'GET /recover anybody page',
    'GET /second-factor anybody page',
    'GET /second-factor/wait anybody page',
    'GET /security person page',
    'GET /security/set-up person page',
    'OPTIONS /.well-known/oauth-authorization-server anybody json protocol automatic',
    'OPTIONS /.well-known/openid-configuration anybody json protocol automatic',
    'OPTIONS /forward-auth/envoy anybody json protocol automatic',
    'OPTIONS /forward-auth/envoy/* anybody json protocol automatic',
    'OPTIONS /oidc/device-authorization anybody json protocol automatic',
    'OPTIONS /oidc/introspect anybody json protocol automatic',
    'OPTIONS /oidc/jwks anybody json protocol automatic',
    'OPTIONS /oidc/par anybody json protocol automatic',
    'OPTIONS /oidc/revoke anybody json protocol automatic',
    'OPTIONS /oidc/token anybody json protocol automatic',
    'OPTIONS /oidc/userinfo anybody json protocol automatic',
    'PATCH /forward-auth/envoy anybody json protocol automatic',
    'PATCH /forward-auth/envoy/* anybody json protocol automatic',
    'POST /api/accounts accounts.create json',
    'POST /api/accounts/:id/code-sheet accounts.second-factor json',
    'POST /api/accounts/:id/extend-validity accounts.extend json',
    'POST /api/accounts/:id/login-checks accounts.view json automatic',
    'POST /api/accounts/:id/reset-factors accounts.second-factor json',
    'POST /api/accounts/:id/unlock accounts.unlock json',
    'POST /api/accounts/:id/vouch accounts.second-factor json',
    'POST /api/accounts/assign-profile accounts.update json',
    'POST /api/accounts/assign-team accounts.update json',
    'POST /api/accounts/disable accounts.update json',
    'POST /api/accounts/enable accounts.update json',
    'POST /api/accounts/export accounts.export json',
    'POST /api/accounts/messages accounts.new-password json',
    'POST /api/accounts/remove accounts.delete json',
    'POST /api/accounts/slips accounts.new-password json',
    'POST /api/audit/export audit.view json',
    'POST /api/imports accounts.import json slowBody',
    'POST /api/imports/:id/run accounts.import json',
    'POST /api/imports/:id/undo accounts.import json',
    'POST /api/mail/test accounts.create json',
    'POST /api/messages/:id/retry accounts.new-password json',
    'POST /api/modules modules.manage json',
    'POST /api/modules/:id/secrets modules.manage json',
    'POST /api/password-check anybody json',
    'POST /api/profiles profiles.manage json',
    'POST /api/recovery-requests/:id/answer requests.answer json',
    'POST /api/recovery-requests/:id/refuse requests.answer json',
    'POST /api/recovery/password-check anybody json',
    'POST /api/rules/expire-passwords rules.manage json',
    'POST /api/rules/preview rules.view json',
    'POST /api/session/alive person json automatic',
    'POST /api/session/stay person json',
    'POST /api/sessions/end sessions.end json',
    'POST /api/sessions/end-all sessions.end json',
    'POST /api/teams teams.manage json',
    'POST /change-language person page',
    'POST /change-password person page',
    'POST /choose-password anybody page',
    'POST /enrolment anybody page',
    'POST /enrolment/begin anybody page',
    'POST /enrolment/later anybody page',
    'POST /enrolment/passkey anybody page',
    'POST /forgot-password anybody page',
    'POST /forward-auth/envoy anybody json protocol automatic',
    'POST /forward-auth/envoy/* anybody json protocol automatic',
    'POST /log-out person page',
    'POST /login anybody page',
    'POST /login/passkey anybody page',
    'POST /not-me anybody page',
    'POST /oidc/auth anybody json protocol automatic csp',
    'POST /oidc/device person page',
    'POST /oidc/device-authorization anybody json protocol automatic',
    'POST /oidc/introspect anybody json protocol automatic',
    'POST /oidc/logout anybody json protocol automatic',
    'POST /oidc/logout/confirm anybody page',
    'POST /oidc/par anybody json protocol automatic',
    'POST /oidc/revoke anybody json protocol automatic',
    'POST /oidc/token anybody json protocol automatic',
    'POST /oidc/userinfo anybody json protocol automatic',
    'POST /recover anybody page',
    'POST /second-factor anybody page',
    'POST /second-factor/passkey anybody page',
    'POST /second-factor/vouch anybody page',
    'POST /security/begin person page',
    'POST /security/finish person page',
    'POST /security/passkey person page',
    'POST /security/remove person page',
    'POST /security/rename person page',
    'POST /take-over anybody page',
    'POST /try-again anybody page',
    'PUT /api/accounts/:id accounts.update json',
    'PUT /api/factor-rules/:id rules.manage json',
    'PUT /api/imports/:id accounts.import json',
    'PUT /api/instance rules.manage json',
    'PUT /api/modules/:id modules.manage json',
    'PUT /api/profiles/:id profiles.manage json',
    'PUT /api/rules rules.manage json',
    'PUT /api/teams/:id teams.manage json',
    'PUT /forward-auth/envoy anybody json protocol automatic',
    'PUT /forward-auth/envoy/* anybody json protocol automatic',
  ])
  const stranger = system.browser()
  for (const { method, url, policy } of system.routes.filter(({ policy }) => policy.caller === 'person')) {
    const answer = await stranger.send(method as 'GET', url, method === 'POST' ? '{}' : undefined, 'application/json')
    assert.ok(
      policy.answers === 'json' ? answer.status === 401 : answer.location?.startsWith('/login'),
      `${method} ${url}: ${answer.status}`,
    )
  }
})
