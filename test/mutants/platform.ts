import type { Room } from './mutant.ts'

const routes = ['test/every-route.test.ts']
const http = ['server/platform/http.test.ts']
const policy = ['server/platform/policy.test.ts']
const addresses = ['server/platform/address.test.ts']
const keys = ['server/platform/secret.test.ts']
const drain = ['server/drain.test.ts']

export const platform: Room = {
  tests: routes,
  mutants: [
    {
      breaks: 'A form needs the value of its own session.',
      file: 'server/platform/forms.ts',
      find: '    if (!sameBytes(hashToken(formToken), hashToken(tokenFor(key, request.formBinding)))) throw formExpired()\n',
      replace: '',
    },
    {
      breaks: 'The API takes no request without a form token.',
      file: 'server/platform/forms.ts',
      find: "request.is404 || request.routeOptions.config.policy?.form === 'protocol') return",
      replace:
        "request.is404 || request.url.startsWith('/api/') || request.routeOptions.config.policy?.form === 'protocol') return",
    },
    {
      breaks: 'A form comes from a page of ours.',
      file: 'server/platform/forms.ts',
      find: 'if (!isFromHere(request, originOf(request)) || request',
      replace: 'if (request',
    },
    {
      breaks: 'A page of a sibling site sends no form.',
      file: 'server/platform/forms.ts',
      find: "return site === 'same-origin'",
      replace: "return site === 'same-origin' || site === 'same-site'",
    },
    ...(
      [
        ['cache-control', "'no-store'", 'What was answered is kept nowhere.'],
        ['referrer-policy', "'no-referrer'", 'No address of ours is told to others.'],
        ['x-content-type-options', "'nosniff'", 'What is sent is taken for what it is.'],
        ['x-frame-options', "'DENY'", 'No site frames a page.'],
        ['cross-origin-opener-policy', "'same-origin'", 'No site holds a handle of a window.'],
        ['cross-origin-resource-policy', "'same-origin'", 'No site embeds what is ours.'],
        ['permissions-policy', "'camera=(), geolocation=(), microphone=()'", 'No page asks for camera or place.'],
      ] as const
    ).map(([name, value, breaks]) => ({
      breaks,
      file: 'server/platform/http.ts',
      find: `    '${name}': ${value},\n`,
      replace: '',
    })),
    {
      breaks: 'A page does what its policy permits, and no more.',
      file: 'server/platform/http.ts',
      find: "    'content-security-policy': contentSecurityPolicy(),\n",
      replace: '',
    },
    {
      breaks: 'With https every answer asks for https.',
      file: 'server/platform/http.ts',
      find: "...(publicUrl.protocol === 'https:' && {",
      replace: "...(publicUrl.protocol === 'never:' && {",
    },
    {
      breaks: 'A route that does not say who may call it is not served.',
      file: 'server/platform/http.ts',
      find: '    if (policy === undefined) throw new Error(`${String(method)} ${url} does not say who may call it`)\n',
      replace: '    if (policy === undefined) return\n',
      tests: policy,
    },
    {
      breaks: 'An error of ours says nothing but that there is one.',
      file: 'server/platform/http.ts',
      find: "new Problem(500, 'internal_error', 'Something went wrong in Gatehouse.', { cause: error })",
      replace: "new Problem(500, 'internal_error', error.message, { cause: error })",
      tests: policy,
    },
    {
      breaks: 'A body has a limit.',
      file: 'server/platform/http.ts',
      find: 'bodyLimit: 64 * 1024,',
      replace: 'bodyLimit: 64 * 1024 * 1024,',
      tests: http,
    },
    {
      breaks: 'Who sends a body slowly is cut off.',
      file: 'server/platform/http.ts',
      find: "      if (!raw.complete) raw.socket.end('HTTP/1.1 408 Request Timeout\\r\\nConnection: close\\r\\n\\r\\n').destroySoon()\n",
      replace: '',
      tests: policy,
    },
    {
      breaks: 'A source that could end its directive is none.',
      file: 'server/platform/policy.ts',
      find: '      for (const source of more) if (!/^[^\\s;,]+$/.test(source)) throw new Error(`no source of a policy: ${source}`)\n',
      replace: '',
      tests: policy,
    },
    {
      breaks: 'Cookies are for this site alone, and not for scripts.',
      file: 'server/platform/cookie.ts',
      find: "{ path: '/', secure: true, httpOnly: true, sameSite: 'lax' }",
      replace: "{ path: '/', secure: true, sameSite: 'lax' }",
      tests: ['server/sign-in/session-rules.test.ts', 'server/sign-in/sign-in.test.ts', 'server/sessions/sessions.test.ts'],
    },
    {
      breaks: 'No two features have the same cookie.',
      file: 'server/platform/cookie.ts',
      find: '  if (declared.has(name)) throw new Error(`there are two cookies called ${name}`)\n',
      replace: '',
      tests: keys,
    },
    {
      breaks: 'No two features share a key.',
      file: 'server/platform/secret.ts',
      find: '  if (declared.has(purpose)) throw new Error(`there are two keys for ${purpose}`)\n',
      replace: '',
      tests: keys,
    },
    {
      breaks: 'What was sealed for one thing is read for no other.',
      file: 'server/platform/secret.ts',
      find: 'decipher.setAAD(Buffer.from(purpose)).setAuthTag',
      replace: "decipher.setAAD(Buffer.from('')).setAuthTag",
      tests: keys,
    },
    {
      breaks: 'A token has 256 random bits.',
      file: 'server/platform/secret.ts',
      find: "return randomBytes(32).toString('base64url')",
      replace: "return randomBytes(8).toString('base64url')",
      tests: keys,
    },
    {
      breaks: 'An IPv6 network is limited by its /64.',
      file: 'server/platform/address.ts',
      find: '(index < 4 ? part : 0)',
      replace: '(index < 8 ? part : 0)',
      tests: addresses,
    },
    {
      breaks: 'An address with a port counts as what it is.',
      file: 'server/platform/address.ts',
      find: "(inBrackets ?? withPort ?? bare).split('%')",
      replace: "(inBrackets ?? bare).split('%')",
      tests: addresses,
    },
    {
      breaks: 'A zone means nothing beyond its machine.',
      file: 'server/platform/address.ts',
      find: "?? bare).split('%')",
      replace: "?? bare).split('#')",
      tests: addresses,
    },
    {
      breaks: 'Of a floor that speaks link-local, each address counts for itself.',
      file: 'server/platform/address.ts',
      find: "address.kind() === 'ipv4' || address.match(linkLocal)) return",
      replace: "address.kind() === 'ipv4') return",
      tests: addresses,
    },
    {
      breaks: 'A migration that was applied is never changed.',
      file: 'server/platform/migrate.ts',
      find: '      if (applied.get(name) !== checksum)\n',
      replace: '      if (false)\n',
      tests: ['server/platform/migrate.test.ts'],
    },
    {
      breaks: 'A database of a newer version is left alone.',
      file: 'server/platform/migrate.ts',
      find: '  if (unknown.length > 0)\n',
      replace: '  if (false)\n',
      tests: ['server/platform/migrate.test.ts'],
    },
    {
      breaks: 'A step of tidying that fails holds up no other.',
      file: 'server/platform/tidying.ts',
      find: '        onError(error, step.name)\n',
      replace: '        onError(error, step.name)\n        return\n',
      tests: ['server/platform/tidying.test.ts'],
    },
    {
      breaks: 'Nodes log in as a role that can become nobody else.',
      file: 'server/platform/serving-role.ts',
      find: 'then grant gatehouse_server to gatehouse_node; end if;',
      replace: 'then grant gatehouse_server, gatehouse_operator to gatehouse_node; end if;',
      tests: ['server/platform/serving-role.test.ts'],
    },
    {
      breaks: 'A transaction that was rolled back is no success.',
      file: 'server/platform/database.ts',
      find: "          if (rows[0]?.command === 'ROLLBACK') throw new Error('the transaction was rolled back at its commit')\n",
      replace: '',
      tests: ['server/platform/database.test.ts'],
    },
    {
      breaks: 'A node that is stopping says so to load balancers.',
      file: 'server/app.ts',
      find: "    if (draining) return reply.code(503).send({ status: 'stopping' })\n",
      replace: '',
      tests: drain,
    },
    {
      breaks: 'What is answered while stopping is the last on its connection.',
      file: 'server/app.ts',
      find: "    if (draining) reply.header('connection', 'close')\n",
      replace: '',
      tests: drain,
    },
    {
      breaks: 'A number that another program has keeps no PostgreSQL away.',
      file: 'server/platform/embedded-postgres-lock-file.ts',
      find: '  writeFileSync(path, text.replace(number, String(nobodysPid)))\n',
      replace: '',
      tests: ['server/platform/embedded-postgres.test.ts'],
    },
    {
      breaks: 'The number of the own PostgreSQL is left where it is.',
      file: 'server/platform/embedded-postgres-lock-file.ts',
      find: '  if (program === undefined) return undefined\n',
      replace: '',
      tests: ['server/platform/embedded-postgres.test.ts'],
    },
  ],
}
