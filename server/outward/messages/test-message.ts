import { randomUUID } from 'node:crypto'
import { fallbackLanguage, type Language } from '../../../contracts/languages.ts'
import { record } from '../../audit/audit.ts'
import { actingAccount, isEmail, lockAccount } from '../../directory/accounts/accounts.ts'
import { type Instance, instanceUrl } from '../../instances/instances.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { type Mailer, MailFault, type MailFaultKind, type OutgoingMail } from '../../platform/mail.ts'
import { html } from '../../platform/page.ts'
import { fieldsRefused, Problem } from '../../platform/problem.ts'
import { isLanguage, type Translate } from '../../platform/text.ts'
import { letter } from './letter.ts'
import { countTestMessages } from './store.ts'

/** What became of a test message. `said` is the mail server's own answer, or the name of the file. */
export type TestOutcome = { outcome: 'sent' | 'file' | MailFaultKind; said: string }

export type TestNeeds = {
  database: Database
  mailer: Mailer
  texts: (language: Language) => Translate
  publicUrl: URL
}

/** Of one account in an hour. It goes to any address, so it must not become a way to flood one. */
export const mostTestMessages = 10

const tooMany = () =>
  new Problem(429, 'too_many_test_messages', 'This account has sent its test messages of this hour.', {
    retryAfterSeconds: 3600,
    values: { most: mostTestMessages },
  })

/**
 * Sends a message that only says that it arrived, at once and past the queue, and tells what the mail server answered.
 * Whoever may create accounts may send a message to any address already. It is in the audit before it leaves, and the account is
 * locked while those of the last hour are counted, so parallel requests cannot pass the limit.
 * @throws not_permitted, fields_refused, too_many_test_messages
 */
export async function sendTestMessage(
  needs: TestNeeds,
  instance: Instance,
  actorId: string,
  email: string,
  caller: Caller,
): Promise<TestOutcome> {
  if (!isEmail(email)) throw fieldsRefused([{ field: 'email', code: 'not_an_email' }])
  const { language, by } = await needs.database.in(instance, async (tx) => {
    await actingAccount(tx, actorId, 'accounts.create')
    const account = (await lockAccount(tx, actorId))!
    if ((await countTestMessages(tx, actorId)) >= mostTestMessages) throw tooMany()
    await record(tx, { event: 'mail_tested', actor: { kind: 'account', accountId: actorId }, caller, detail: { email } })
    const own = account.language ?? instance.language
    return { language: isLanguage(own) ? own : fallbackLanguage, by: account.fullName }
  })
  const about = { instanceName: instance.name, url: instanceUrl(needs.publicUrl, instance), by }
  return tryMail(needs.mailer, testMail(email, language, needs.texts(language), about))
}

/** Sends it, and says in one word what became of it. */
export async function tryMail(mailer: Mailer, mail: OutgoingMail): Promise<TestOutcome> {
  try {
    return { said: await mailer.send(mail), outcome: mailer.goesTo === 'smtp' ? 'sent' : 'file' }
  } catch (error) {
    if (!(error instanceof MailFault)) throw error
    return { outcome: error.kind, said: error.message }
  }
}

/** What a test message says: from where it comes, and that nothing has to be done. */
export function testMail(
  address: string,
  language: Language,
  t: Translate,
  { instanceName, url, by }: { instanceName: string; url: string; by: string },
): OutgoingMail {
  const subject = t('messages:test.subject', { instance: instanceName })
  const lines = [t('messages:test.what', { instance: instanceName, name: by }), t('messages:test.next')]
  return {
    id: randomUUID(),
    to: { name: '', address },
    subject,
    text: [...lines, url].join('\n\n'),
    html: letter(
      language,
      subject,
      html`${lines.map((line) => html`<p style="margin:0 0 16px">${line}</p>`)}
<p style="margin:0"><a href="${url}" style="color:inherit">${url}</a></p>`,
    ),
  }
}
