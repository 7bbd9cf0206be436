// The files of deploy/, as they are read by people who run them: none makes a proxy write down what stands behind the question mark.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const read = (name: string) => readFileSync(`deploy/${name}`, 'utf8').replace(/^\s*[#;].*$/gm, '')

/** What nginx replaces by the query, by all of the address, or by a header that may hold one. */
const nginxQuery = /\$(request|request_uri|args|query_string|is_args|arg_\w+|http_\w+|sent_http_\w+|cookie_\w+)\b/
/** The same of HAProxy. */
const haproxyQuery =
  /%(\{[^}]*\})?(r|HU|HQ|hr|hs|hrl|hsl)(\b|$)|%\[|option\s+(httplog|httpslog|tcplog)|capture\s|http-request\s+capture/

const checks: Record<string, (text: string, name: string) => void> = {
  'nginx.conf'(text) {
    const formats = new Map([...text.matchAll(/log_format\s+(\S+)([^;]*);/g)].map(([, name, format]) => [name!, format!]))
    for (const [name, format] of formats) assert.doesNotMatch(format, nginxQuery, name)
    const logs = [...text.matchAll(/access_log\s+([^;]*);/g)].map(([, words]) => words!.split(/\s+/))
    for (const [path, format] of logs) assert.ok(path === 'off' || formats.has(format!), `${path} has nginx's own format`)
    // A server that says nothing has what the distribution's file says, which is the whole address.
    for (const server of text.split(/^server \{/m).slice(1)) assert.match(server.split(/location/)[0]!, /access_log/)
    // The log of errors has no format: where a link may come, there is none.
    for (const place of ['= /recover', '@busy'])
      assert.match(text.split(`location ${place} {`)[1]!.split('}')[0]!, /error_log \/dev\/null emerg;/, place)
  },
  'module-nginx.conf'(text) {
    for (const [, format] of text.matchAll(/log_format\s+\S+([^;]*);/g)) assert.doesNotMatch(format!, nginxQuery)
    assert.match(text, /access_log \S+ gatehouse_module;/)
    assert.match(text.split('location /.gatehouse/ {')[1]!.split('}')[0]!, /error_log \/dev\/null emerg;/)
    // Which module it is, no request says.
    assert.doesNotMatch(text, /X-Forwarded-Host \$/)
  },
  'module.Caddyfile'(text) {
    assert.doesNotMatch(text, /^\s*log\b/m)
    assert.doesNotMatch(text, /X-Forwarded-Host \{/)
  },
  'module-haproxy.cfg'(text) {
    assert.doesNotMatch(text.replace(/^\s*http-request .*$/gm, ''), haproxyQuery)
    assert.match(text.split('defaults')[1]!.split('frontend')[0]!, /log-format "[^"]*%HPO"/)
  },
  'module-haproxy.lua': (text) => assert.doesNotMatch(text, /core\.(log|Debug|Info|Warning|Alert)|print/),
  'gatehouse-proxy.conf': (text) => assert.doesNotMatch(text, /access_log|error_log|log_format/),
  'haproxy.cfg'(text) {
    assert.doesNotMatch(text.replace(/^\s*http-request set-header .*$/gm, ''), haproxyQuery)
    assert.match(text.split('defaults')[1]!.split('frontend')[0]!, /log-format "[^"]*%HPO"/)
  },
}
/** What speaks no HTTP, or is an answer. */
const without = ['pgbouncer.ini', 'busy.html', 'busy.http']

for (const name of readdirSync('deploy').filter((each) => !without.includes(each)))
  test(`deploy/${name} lets no query into a log`, () => {
    const check = checks[name]
    assert.ok(check, 'say in this test how its log lines are made')
    check(read(name), name)
  })
