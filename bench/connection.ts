// One keep-alive connection of the load client. Written on sockets: node:http's client costs several times what a bare server
// costs, so on one machine it would be what is measured.
import { connect, type Socket } from 'node:net'

export type Answer = {
  status: number
  /** The status line and the headers as they came. */
  head: string
  /** One character a byte. */
  body: string
}

export type Request = {
  method: 'GET' | 'POST'
  path: string
  host: string
  headers?: Record<string, string>
  body?: { type: string; text: string }
}

/** The bytes of a request. What is sent many times is written once. */
export function requestText({ method, path, host, headers = {}, body }: Request): string {
  const lines = Object.entries({
    host,
    ...headers,
    ...(body && { 'content-type': body.type, 'content-length': String(Buffer.byteLength(body.text)) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body?.text ?? ''}`
}

/** The value of a header; undefined when the answer has none of that name. */
export function headerOf({ head }: Answer, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim()
}

/** The value of a cookie that the answer sets. */
export function cookieOf({ head }: Answer, name: string): string | undefined {
  return new RegExp(`^set-cookie: ${name.replaceAll('.', '\\.')}=([^;\r\n]*)`, 'im').exec(head)?.[1]
}

/** Sends one request at a time, in the order of the calls. Connects at the first request, and again after a failure. */
export class Connection {
  readonly #port: number
  #socket: Socket | undefined
  #received = ''
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined

  constructor(port: number) {
    this.#port = port
  }

  /** @throws Error when the connection fails or nothing comes for 30 s */
  send(text: string): Promise<Answer> {
    this.#socket ??= this.#connect()
    const socket = this.#socket
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      socket.write(text)
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  #connect(): Socket {
    const socket = connect(this.#port, '127.0.0.1').setNoDelay(true).setEncoding('latin1')
    socket.on('data', (text: string) => this.#read(text))
    socket.setTimeout(30_000, () => socket.destroy(new Error('no answer for 30 s')))
    socket.on('error', (error) => this.#fail(socket, error))
    socket.on('close', () => this.#fail(socket, new Error('connection closed')))
    return socket
  }

  #fail(socket: Socket, error: Error): void {
    // One that was given up before says so only now.
    if (this.#socket !== socket) return
    this.#socket = undefined
    this.#received = ''
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }

  #read(text: string): void {
    this.#received += text
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#received.slice(0, end)
    const rest = this.#received.slice(end + 4)
    const body = completeBody(head, rest)
    if (body === undefined) return
    const waiting = this.#waiting
    this.#received = ''
    this.#waiting = undefined
    if (/^connection: close/im.test(head)) {
      this.#socket?.destroy()
      this.#socket = undefined
    }
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body })
  }
}

/** The body when all of it has come; undefined until then. Source: RFC 9112, 6.3 and 7.1. */
function completeBody(head: string, rest: string): string | undefined {
  const length = /^content-length: (\d+)/im.exec(head)?.[1]
  if (length !== undefined) return rest.length < Number(length) ? undefined : rest
  if (!/^transfer-encoding: chunked/im.test(head)) return ''
  let body = ''
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = Number.parseInt(rest.slice(at, line), 16)
    if (rest.length < line + 2 + size + 2) return undefined
    if (size === 0) return body
    body += rest.slice(line + 2, line + 2 + size)
    at = line + 2 + size + 2
  }
}
