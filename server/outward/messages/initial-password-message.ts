import { html } from '../../platform/page.ts'
import { formatMoment } from '../../platform/text.ts'
import { fact, step } from './letter.ts'
import type { Composed, MessageKind, MessageView } from './message-kind.ts'

/**
 * Hands an initial password to a person who has an email address.
 * The password is made now and not when the account was: no secret waits in the database, and its hours begin when it leaves.
 * It takes the place of whatever the account had, and ends its session, as every new initial password does.
 */
export const initialPasswordMessage: MessageKind = {
  async prepare(tx, { giveInitialPassword }, account, { id, actor }) {
    const { initialPassword, expiresAt } = await giveInitialPassword(tx, account, actor, { messageId: id })
    return (view) => compose(view, initialPassword, expiresAt)
  },
}

function compose({ t, language, instanceName, instanceUrl, account }: MessageView, password: string, expiresAt: Date): Composed {
  const until = formatMoment(expiresAt, language, account.timeZone)
  const greeting = t('messages:greeting', { name: account.fullName })
  const intro = t('messages:initial_password.intro', { instance: instanceName })
  const facts = [
    [t('messages:address'), instanceUrl],
    [t('messages:username'), account.username],
    [t('messages:initial_password.password'), password],
    [t('messages:initial_password.until'), until],
  ] as const
  const steps = [
    t('messages:initial_password.step_open'),
    t('messages:initial_password.step_log_in'),
    t('messages:initial_password.step_choose'),
  ]
  return {
    subject: t('messages:initial_password.subject', { instance: instanceName }),
    secret: password,
    text: [
      greeting,
      intro,
      facts.map(([name, value]) => `${name}: ${value}`).join('\n'),
      steps.map((each, i) => `${i + 1}. ${each}`).join('\n'),
    ].join('\n\n'),
    body: html`<p style="margin:0 0 16px">${greeting}</p>
<p style="margin:0 0 16px">${intro}</p>
${fact(facts[0][0], html`<a href="${instanceUrl}" style="color:inherit">${instanceUrl}</a>`)}
${fact(facts[1][0], facts[1][1])}
${fact(facts[2][0], html`<span style="font-family:monospace;font-size:20px;white-space:nowrap">${password}</span>`)}
${fact(facts[3][0], until)}
<ol style="margin:24px 0 0;padding:0 0 0 24px">
${steps.map(step)}
</ol>`,
  }
}
