// The network between a node and its database, which can be cut: what is sent is swallowed, and nobody is told.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export type Link = {
  port: number
  cut(): void
  /** Lets new connections through. Those of before are gone, and both ends now hear of it. */
  mend(): void
  close(): void
}

export async function openLink(to: number): Promise<Link> {
  const pairs = new Set<[Socket, Socket | undefined]>()
  let isCut = false
  const server = createServer((near) => {
    const far = isCut ? undefined : connect(to, '127.0.0.1')
    const pair: [Socket, Socket | undefined] = [near, far]
    pairs.add(pair)
    near.on('error', () => {})
    if (far === undefined) return
    far.on('error', () => {})
    const gone = (other: Socket) => () => {
      if (isCut) return
      other.destroy()
      pairs.delete(pair)
    }
    near.on('data', (data) => isCut || far.write(data)).on('close', gone(far))
    far.on('data', (data) => isCut || near.write(data)).on('close', gone(near))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const drop = () => {
    for (const sockets of pairs) for (const socket of sockets) socket?.destroy()
    pairs.clear()
  }
  return {
    port: (server.address() as { port: number }).port,
    cut() {
      isCut = true
    },
    mend() {
      isCut = false
      drop()
    },
    close() {
      server.close()
      drop()
    },
  }
}
