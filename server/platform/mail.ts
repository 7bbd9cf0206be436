// Mail: one way out for every message. To the mail server of SMTP_URL, or, without one, into files.
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { type Config, isLoopback, type Mailbox } from '../config.ts'

export type OutgoingMail = {
  /** The id of the message; its Message-ID is made of it, so that a second copy of one message can be told. */
  id: string
  to: Mailbox
  subject: string
  text: string
  html: string
}

export type Mailer = Readonly<{
  /** Where messages go. */
  goesTo: 'smtp' | 'files'
  /**
   * Finds out whether messages can leave, before something is made that is only good when they do.
   * Costs nothing while the last one left.
   * @throws MailFault
   */
  reach(): Promise<void>
  /**
   * Returns what was answered: by the mail server in its words, or the name of the file.
   * @throws MailFault
   */
  send(mail: OutgoingMail): Promise<string>
}>

/** What kept a message from leaving, as far as it can be told: nobody answers, no safe connection, a login, an address, or else. */
export type MailFaultKind = 'silent' | 'unsafe' | 'login' | 'sender' | 'recipient' | 'other'

/** A message did not leave. Its words are the mail server's. */
export class MailFault extends Error {
  /** Whether the mail server will not take it later either. */
  readonly permanent: boolean
  readonly kind: MailFaultKind
  constructor(words: string, permanent: boolean, kind: MailFaultKind = 'other') {
    super(oneLine(words).slice(0, 500))
    this.name = 'MailFault'
    this.permanent = permanent
    this.kind = kind
  }
}

type MailSettings = Pick<Config, 'smtpUrl' | 'mailFrom' | 'publicUrl' | 'dataDir'>

// In milliseconds. The whole must end long before a job counts as lost; a server that trickles ends here too.
const longestSend = 90_000
// A mail server that did not answer is not asked again by every waiting message at once.
const restAfterFailure = 500

export function openMailer(config: MailSettings): Mailer {
  return config.smtpUrl === undefined ? mailToFiles(config) : mailToServer(config, config.smtpUrl)
}

/**
 * How the mail server is spoken to. TLS is demanded, unless the server is this machine, which no network lies before;
 * certificates are checked always. Sources: RFC 8314; ASVS 5.0, 12.3.1 and 12.3.2.
 */
export function smtpOptions(url: URL, clientName: string) {
  const secure = url.protocol === 'smtps:'
  const plain = !secure && isLoopback(url.hostname)
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !plain,
    // A mail server of this machine often has a certificate of its own making.
    ignoreTLS: plain,
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' as const },
    ...(url.username !== '' && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    name: clientName,
    dnsTimeout: 5000,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    // Only what is composed here is sent: no file and no address is ever read into a message.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function mailToServer({ mailFrom, publicUrl }: MailSettings, url: URL): Mailer {
  // A connection for each message: a pool sends a message again by itself when a connection breaks, and so perhaps twice.
  const transport = createTransport(smtpOptions(url, publicUrl.hostname))
  let known: 'good' | 'unknown' | { fault: MailFault; until: number } = 'unknown'

  /** Keeps in mind how it went. What the server refuses, it has at least answered. */
  const watched = async <Answer>(attempt: () => Promise<Answer>): Promise<Answer> => {
    try {
      const answer = await attempt()
      known = 'good'
      return answer
    } catch (error) {
      const fault = faultOf(error)
      known = fault.permanent ? 'good' : { fault, until: performance.now() + restAfterFailure }
      throw fault
    }
  }

  return {
    goesTo: 'smtp',
    async reach() {
      if (known === 'good') return
      if (known !== 'unknown' && known.until > performance.now()) throw known.fault
      await watched(() => transport.verify())
    },
    async send(mail) {
      const envelope = envelopeOf(mailFrom, mail)
      const { response } = await watched(() => transport.sendMail({ ...envelope, signal: AbortSignal.timeout(longestSend) }))
      return oneLine(response).slice(0, 500)
    },
  }
}

function mailToFiles({ mailFrom, dataDir }: MailSettings): Mailer {
  const folder = join(dataDir, 'outbox')
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  return {
    goesTo: 'files',
    reach: async () => {},
    async send(mail) {
      const { message } = await transport.sendMail(envelopeOf(mailFrom, mail))
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const name = `${new Date().toISOString().replaceAll(':', '-')}-${mail.id}.eml`
        const path = join(folder, name)
        // Written whole under another name first: whoever looks into the folder finds no half message.
        const file = await open(`${path}.new`, 'w', 0o600)
        try {
          await file.writeFile(message as Buffer)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(`${path}.new`, path)
        return name
      } catch (error) {
        throw new MailFault((error as Error).message, false)
      }
    },
  }
}

function envelopeOf(from: Mailbox, { id, to, subject, text, html }: OutgoingMail) {
  return {
    messageId: `<${id}@${from.address.split('@')[1]}>`,
    from: { name: oneLine(from.name), address: from.address },
    // As an object, which is taken as one address, whatever commas and brackets it holds.
    to: { name: oneLine(to.name), address: oneAddress(to.address) },
    subject: oneLine(subject),
    text,
    html,
    // Keeps holiday notes and other robots from answering. Source: RFC 3834.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  }
}

/** A header is one line: nothing that somebody is called can begin another. Source: ASVS 5.0, 1.3.11. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

/** @throws MailFault when it is not one plain address */
function oneAddress(text: string): string {
  if (!/^[^\s\p{Cc}@<>"(),:;[\]\\]+@[^\s\p{Cc}@<>"(),:;[\]\\]+$/u.test(text) || text.length > 254)
    throw new MailFault('This is not an email address.', true, 'recipient')
  return text
}

/** Only what the server says of this recipient or this message is final; all else may be mended, such as its own settings or ours. */
function faultOf(error: unknown): MailFault {
  if (error instanceof MailFault) return error
  const { message, response, responseCode = 0, command, code } = error as SmtpError
  const permanent = responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA')
  return new MailFault(response || message, permanent, kindOf({ command, code, message }))
}

type SmtpError = Error & { response?: string; responseCode?: number; command?: string | undefined; code?: string | undefined }

/** Source: the codes of nodemailer, https://nodemailer.com/errors. */
function kindOf({ command, code = '', message }: Pick<SmtpError, 'command' | 'code' | 'message'>): MailFaultKind {
  if (code === 'EAUTH') return 'login'
  if (code === 'ETLS' || /certificate|TLS|SSL/i.test(message)) return 'unsafe'
  if (command === 'MAIL FROM') return 'sender'
  if (command === 'RCPT TO') return 'recipient'
  if (['EDNS', 'ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'ECONNREFUSED'].includes(code)) return 'silent'
  return 'other'
}
