import { html } from '../../platform/page.ts'
import { formatMoment } from '../../platform/text.ts'
import { fact } from './letter.ts'
import type { Composed, MessageKind, MessageView } from './message-kind.ts'

/**
 * A link with which a person who forgot the password sets a new one. It is made now, so that its minutes begin when it leaves.
 * Three an hour: whoever knows a username can ask for them.
 */
export const recoveryLinkMessage: MessageKind = {
  mostPerHour: 3,
  async prepare(tx, { makeRecoveryLink }, account) {
    const { token, expiresAt } = await makeRecoveryLink(tx, account)
    return (view) => compose(view, token, expiresAt)
  },
}

function compose({ t, language, instanceName, instanceUrl, account }: MessageView, token: string, expiresAt: Date): Composed {
  const link = `${instanceUrl}/recover?token=${token}`
  const greeting = t('messages:greeting', { name: account.fullName })
  const intro = t('messages:recovery_link.intro', { instance: instanceName })
  const facts = [
    [t('messages:username'), account.username],
    [t('messages:recovery_link.until'), formatMoment(expiresAt, language, account.timeZone)],
  ] as const
  const ignore = t('messages:recovery_link.ignore')
  return {
    subject: t('messages:recovery_link.subject', { instance: instanceName }),
    secret: token,
    text: [greeting, intro, link, facts.map(([name, value]) => `${name}: ${value}`).join('\n'), ignore].join('\n\n'),
    body: html`<p style="margin:0 0 16px">${greeting}</p>
<p style="margin:0 0 16px">${intro}</p>
<p style="margin:0 0 16px"><a href="${link}" style="color:inherit;overflow-wrap:anywhere">${link}</a></p>
${facts.map(([name, value]) => fact(name, value))}
<p style="margin:16px 0 0">${ignore}</p>`,
  }
}
