// The oldest PostgreSQL that Gatehouse works with, from the packages of the system: what it dumps, every newer one can load.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../../cluster/cluster.ts'
import { ownerOf } from '../../server/platform/embedded-postgres-owner.ts'

export type OldestPostgres = {
  /** Of the login role that owns the database, and is no superuser. */
  url: string
  /** Of a superuser, whom no policy holds back. */
  superuserUrl: string
  version: string
  /** The whole database, as SQL that needs no psql. */
  dump(): string
  close(): Promise<void>
}

/** @param binaries the folder of `initdb`, `pg_ctl` and `pg_dump` */
export async function startOldestPostgres(binaries: string): Promise<OldestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-oldest-'))
  // PostgreSQL may run as another user, who must be able to enter.
  chmodSync(folder, 0o711)
  const owner = await ownerOf(folder, join(binaries, 'postgres'))
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  owner.give(data)
  await owner.run(join(binaries, 'initdb'), ['-D', data, '-U', 'postgres', '--encoding=UTF8', '--locale=C', '--auth=trust'])
  const port = await freePort()
  const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories= -c fsync=off`
  await owner.run(join(binaries, 'pg_ctl'), ['start', '-D', data, '-w', '-l', join(data, 'log'), '-o', options])
  const superuser = `postgres://postgres@127.0.0.1:${port}`
  const client = new pg.Client(`${superuser}/postgres`)
  await client.connect()
  await client.query('create role gatehouse login createrole')
  await client.query('create database gatehouse owner gatehouse')
  const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version")
  await client.end()
  return {
    url: `postgres://gatehouse@127.0.0.1:${port}/gatehouse`,
    superuserUrl: `${superuser}/gatehouse`,
    version: rows[0]!.version,
    dump() {
      const args = ['--inserts', '--rows-per-insert=100', '--no-owner', `${superuser}/gatehouse`]
      const text = execFileSync(join(binaries, 'pg_dump'), args, { encoding: 'utf8', maxBuffer: 1 << 28 })
      // Lines for psql, which no server understands, and what pg_dump says of each object, which nobody reads.
      return text
        .replaceAll(/^\\(un)?restrict .*\n/gm, '')
        .replaceAll(/^--( .*)?\n/gm, '')
        .replaceAll(/\n{3,}/g, '\n\n')
    },
    async close() {
      await owner.run(join(binaries, 'pg_ctl'), ['stop', '-D', data, '-m', 'fast', '-w'])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
