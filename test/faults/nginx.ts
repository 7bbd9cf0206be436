// nginx as deploy/nginx.conf describes it, but for ports, files and TLS.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from '../../cluster/cluster.ts'
import { findProgram } from '../../cluster/programs.ts'

export type Nginx = {
  url: string
  /** Everything that it has written about requests so far: its own files, and its log of errors. */
  written(): { access: string; errors: string }
}

/** @param nodes the ports of the nodes behind it */
export async function startNginx(t: TestContext, nodes: readonly number[]): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-nginx-'))
  const port = await freePort()
  let site = readFileSync('deploy/nginx.conf', 'utf8')
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace(/ssl_certificate.*/g, '')
    .replace('/usr/share/gatehouse', folder)
    .replaceAll('/var/log/nginx', folder)
  for (const [place, usual] of [8080, 8090, 8100].entries())
    site = site.replace(`127.0.0.1:${usual}`, `127.0.0.1:${nodes[place]!}`)
  copyFileSync('deploy/busy.html', join(folder, 'busy.html'))
  copyFileSync('deploy/gatehouse-proxy.conf', join(folder, 'gatehouse-proxy.conf'))
  writeFileSync(join(folder, 'site.conf'), site)
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ')
  // What a distribution's own file says of logs stands here: the site's words have to prevail.
  writeFileSync(
    join(folder, 'main.conf'),
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {} ` +
      `http { access_log ${folder}/access.log; ${paths} include ${folder}/site.conf; }`,
  )
  const nginx = findProgram('nginx')
  const options = ['-c', join(folder, 'main.conf'), '-p', folder, '-e', 'stderr']
  execFileSync(nginx, ['-t', '-q', ...options], { stdio: ['ignore', 'ignore', 'inherit'] })
  const child = spawn(nginx, options, { stdio: 'ignore' })
  t.after(() => end(child))
  await once(child, 'spawn')
  const read = (...names: string[]) => names.map((name) => readFileSync(join(folder, name), 'utf8')).join('')
  return {
    url: `http://127.0.0.1:${port}`,
    written: () => ({ access: read('access.log', 'gatehouse.log'), errors: read('error.log') }),
  }
}

export async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
