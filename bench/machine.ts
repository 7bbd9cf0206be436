// What a figure means depends on where it was measured.
import { statfsSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import pg from 'pg'
import { hashParameters } from '../server/authenticators/passwords/hash-password.ts'
import type { DatabaseAddress } from '../server/platform/database.ts'

export type Machine = {
  cpu: string
  processors: number
  node: string
  postgres: string
  /** PostgreSQL's settings for surviving a power cut. */
  durability: string
  argon2id: string
}

export async function describeMachine(address: DatabaseAddress, dataDir: string): Promise<Machine> {
  const client = new pg.Client(address)
  await client.connect()
  const setting = async (name: string) => (await client.query(`show ${name}`)).rows[0][name] as string
  const [postgres, fsync, commit] = [await setting('server_version'), await setting('fsync'), await setting('synchronous_commit')]
  await client.end()
  const { memoryCost, timeCost, parallelism } = hashParameters
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    node: process.version,
    postgres,
    durability: `fsync ${fsync}, synchronous_commit ${commit}${isMemory(dataDir) ? ', BUT ITS FOLDER IS IN MEMORY' : ''}`,
    argon2id: `m=${memoryCost} KiB, t=${timeCost}, p=${parallelism}`,
  }
}

/** Whether a folder is on tmpfs, where fsync costs nothing. Its number is from Linux's magic.h. */
function isMemory(folder: string): boolean {
  return statfsSync(folder).type === 0x01021994
}
