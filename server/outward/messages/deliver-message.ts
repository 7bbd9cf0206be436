import { fallbackLanguage, type Language } from '../../../contracts/languages.ts'
import type { Actor } from '../../audit/audit.ts'
import { lockAccount } from '../../directory/accounts/accounts.ts'
import { instanceUrl } from '../../instances/instances.ts'
import type { Database } from '../../platform/database.ts'
import type { JobIds } from '../../platform/jobs.ts'
import { type Mailer, MailFault, type OutgoingMail } from '../../platform/mail.ts'
import { isLanguage, type Translate } from '../../platform/text.ts'
import { messageKinds } from './kinds.ts'
import { letter } from './letter.ts'
import type { PrepareNeeds } from './message-kind.ts'
import { findMessage, keepCredentialVersion, keepFailure, settleMessage, takeMessage } from './store.ts'

export type DeliveryNeeds = PrepareNeeds & {
  database: Database
  mailer: Mailer
  texts: (language: Language) => Translate
  publicUrl: URL
}

/**
 * One attempt to send a message: makes what it needs in a transaction, sends it outside of any, and keeps what became of it.
 *
 * A node that dies after the mail server has taken the message, and before that is kept, lets it be sent a second time: at least
 * once is all that mail can promise. It does no harm. The second copy has the same Message-ID, and the initial password of the
 * first is void by then; whoever had used it already has other credentials, and the second copy is not sent.
 * @returns `again` when it did not leave and is worth another attempt
 */
export async function deliverMessage(needs: DeliveryNeeds, { instanceId, messageId }: JobIds): Promise<'done' | 'again'> {
  const { database, mailer } = needs
  const instance = { id: instanceId! }
  const id = messageId!
  const failed = async (error: unknown, counted: boolean, secret: string | undefined): Promise<'done' | 'again'> => {
    if (!(error instanceof MailFault)) throw error
    // A server that repeats what it refuses must not bring the password into the database.
    const words = secret === undefined ? error.message : error.message.replaceAll(secret, '…')
    const state = await database.in(instance, (tx) => keepFailure(tx, id, { words, permanent: error.permanent, counted }))
    return state === 'waiting' ? 'again' : 'done'
  }

  try {
    // Before the password is made: while the mail server is away, people keep the password that they have.
    await mailer.reach()
  } catch (error) {
    return failed(error, false, undefined)
  }
  const prepared = await prepare(needs, instance, id)
  if (prepared === undefined) return 'done'
  try {
    await mailer.send(prepared.mail)
  } catch (error) {
    return failed(error, true, prepared.secret)
  }
  await database.in(instance, (tx) => settleMessage(tx, id, 'sent'))
  return 'done'
}

/** Undefined when the message is not wanted any more; it is marked so. */
async function prepare(
  needs: DeliveryNeeds,
  instance: { id: string },
  id: string,
): Promise<{ mail: OutgoingMail; secret: string | undefined } | undefined> {
  return needs.database.in(instance, async (tx) => {
    const message = await findMessage(tx, id)
    // Removed with its account.
    if (message === undefined) return undefined
    const account = await lockAccount(tx, message.accountId)
    const address = account && (message.notice ? message.toAddress : account.enabled ? account.email : null)
    if (!address || !(await takeMessage(tx, id, address, account.credentialVersion))) {
      await settleMessage(tx, id, 'void')
      return undefined
    }
    const actor: Actor = message.requestedBy === null ? { kind: 'system' } : { kind: 'account', accountId: message.requestedBy }
    const kind = messageKinds[message.kind as keyof typeof messageKinds]
    const compose = await kind.prepare(tx, needs, account, { id, actor, about: message.about })
    await keepCredentialVersion(tx, id)

    const own = account.language ?? message.instanceLanguage
    const language = isLanguage(own) ? own : fallbackLanguage
    const { subject, text, body, secret } = compose({
      t: needs.texts(language),
      language,
      instanceName: message.instanceName,
      instanceUrl: instanceUrl(needs.publicUrl, message),
      account,
    })
    const to = { name: account.fullName, address }
    return { mail: { id, to, subject, text, html: letter(language, subject, body) }, secret }
  })
}
