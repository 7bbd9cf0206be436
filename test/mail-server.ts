// A real mail server on this machine, for tests: takes messages, and says no when it is told to.
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { freePort } from './server.ts'

export type MailServer = {
  port: number
  url: string
  /** What has arrived, in order. */
  mails: ParsedMail[]
  /** What it says to a recipient, such as `550 5.1.1 no such person`; undefined for yes. */
  onRecipient: (address: string) => string | undefined
  /** What it says to a message that it was given, likewise; `drop` breaks all connections off without a word. */
  onMessage: (mail: ParsedMail) => string | undefined
  start(): Promise<void>
  stop(): Promise<void>
}

/** A mail server at a port of its own that is down until it is started. It is stopped after the test. */
export async function newMailServer(t: Pick<TestContext, 'after'>, options: SMTPServerOptions = {}): Promise<MailServer> {
  const port = await freePort()
  let server: SMTPServer | undefined
  const mailServer: MailServer = {
    port,
    url: `smtp://localhost:${port}`,
    mails: [],
    onRecipient: () => undefined,
    onMessage: () => undefined,
    async start() {
      server = new SMTPServer({
        authOptional: true,
        disabledCommands: ['STARTTLS'],
        logger: false,
        ...options,
        onRcptTo: ({ address }, _session, done) => done(refusal(mailServer.onRecipient(address))),
        onData(stream, _session, done) {
          simpleParser(stream).then((mail) => {
            const says = mailServer.onMessage(mail)
            if (says === 'drop') return drop(server!)
            const error = refusal(says)
            if (error === null) mailServer.mails.push(mail)
            done(error)
          }, done)
        },
      })
      server.on('error', () => {})
      server.listen(port, '::')
      await once(server.server, 'listening')
      if ((server.server.address() as AddressInfo).port !== port) throw new Error('another port')
    },
    async stop() {
      await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(resolve)))
      server = undefined
    },
  }
  t.after(() => mailServer.stop())
  return mailServer
}

function drop(server: SMTPServer): void {
  const { connections } = server as unknown as { connections: Set<{ _socket: Socket }> }
  for (const { _socket } of connections) _socket.destroy()
}

function refusal(says: string | undefined): (Error & { responseCode: number }) | null {
  if (says === undefined) return null
  const [, code, words] = /^(\d{3}) (.*)$/s.exec(says)!
  return Object.assign(new Error(words), { responseCode: Number(code) })
}

/** The initial password that a message holds. */
export function passwordIn({ text = '' }: Pick<ParsedMail, 'text'>): string {
  const found = /\b[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}\b/.exec(text)
  if (found === null) throw new Error(`no initial password in: ${text}`)
  return found[0]
}

/** The link that a message holds. */
export function linkIn({ text = '' }: Pick<ParsedMail, 'text'>): string {
  const found = /\bhttps?:\/\/[^/\s]+\/recover\?token=[\w-]{43}(?=\s)/.exec(text)
  if (found === null) throw new Error(`no link in: ${text}`)
  return found[0]
}
