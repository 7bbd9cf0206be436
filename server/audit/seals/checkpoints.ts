// Checkpoints: the last seal of each instance, once an hour, where the operator says: whoever cuts off the end of the audit, or puts a
// former state of the database in place of it, cannot reach those. Every node writes its own.
import { createSocket } from 'node:dgram'
import { appendFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { hostname } from 'node:os'
import type { CheckpointPlace } from '../../config.ts'
import type { Database } from '../../platform/database.ts'
import type { Mailer } from '../../platform/mail.ts'
import { findLastSeal } from './store.ts'
import { checkpointLine } from './verify.ts'

export type CheckpointNeeds = {
  database: Database
  place: CheckpointPlace
  mailer: Mailer
  instances: () => Promise<readonly { id: string }[]>
  onError: (error: unknown, message: string) => void
}

/** In milliseconds. */
const hour = 3_600_000
/** By then a new database has a seal. */
const firstAfter = 10_000
const every = { file: hour, syslog: hour, mail: 24 * hour } as const

/** Writes the checkpoints down, soon and then once an hour or a day. Returns what ends it. */
export function keepCheckpoints({ database, place, mailer, instances, onError }: CheckpointNeeds): () => void {
  const write = async () => {
    try {
      await writeDown(place, await readLines(database, await instances()), mailer)
    } catch (error) {
      onError(error, 'the seals of the audit could not be written down')
    }
  }
  const first = setTimeout(() => void write(), firstAfter).unref()
  const timer = setInterval(() => void write(), every[place.kind]).unref()
  return () => {
    clearTimeout(first)
    clearInterval(timer)
  }
}

/** The lines of all instances that have a seal. */
export async function readLines(database: Database, instances: readonly { id: string }[]): Promise<string[]> {
  const lines: string[] = []
  for (const instance of instances) {
    const seal = await database.in(instance, findLastSeal)
    if (seal === undefined || seal.removal !== null) continue
    lines.push(
      checkpointLine({ ...seal, instanceId: instance.id, entries: seal.ids.length, sealedAt: seal.sealedAt.toISOString() }),
    )
  }
  return lines
}

/**
 * Writes the lines down.
 * @throws Error when the place does not take them; of syslog nobody hears whether it does
 */
export async function writeDown(place: CheckpointPlace, lines: readonly string[], mailer: Mailer): Promise<void> {
  if (lines.length === 0) return
  const text = lines.map((line) => `${line}\n`).join('')
  switch (place.kind) {
    case 'file':
      return appendFile(place.path, text, { mode: 0o600, flush: true })
    case 'syslog':
      return sendToSyslog(place, lines)
    case 'mail':
      await mailer.send({
        id: crypto.randomUUID(),
        to: place.to,
        subject: `Gatehouse: the seals of the audit, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
        text: `Keep this message. With it, \`gatehouse audit verify\` finds out whether the end of an audit was cut off.\n\n${text}`,
        html: `<p>Keep this message. With it, <code>gatehouse audit verify</code> finds out whether the end of an audit was cut off.</p><pre>${text}</pre>`,
      })
  }
}

/** RFC 5424 over UDP (RFC 5426): facility 13, log audit; severity 5, notice. */
async function sendToSyslog({ host, port }: { host: string; port: number }, lines: readonly string[]): Promise<void> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  const send = (line: string) =>
    new Promise<void>((resolve, reject) => {
      const text = `<109>1 ${new Date().toISOString()} ${hostname()} gatehouse ${process.pid} audit - ${line}`
      socket.send(text, port, host, (error) => (error ? reject(error) : resolve()))
    })
  try {
    for (const line of lines) await send(line)
  } finally {
    socket.close()
  }
}
