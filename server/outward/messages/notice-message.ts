import { html } from '../../platform/page.ts'
import { formatMoment } from '../../platform/text.ts'
import { fact } from './letter.ts'
import type { Composed, MessageKind, MessageView } from './message-kind.ts'

/** What people are told of. `email_changed` goes to the former address, `email_changed_here` to the new one. */
export type NoticeKindName =
  | 'password_changed'
  | 'password_reset'
  | 'email_changed'
  | 'email_changed_here'
  | 'new_initial_password'
  | 'factor_added'
  | 'factor_removed'
  | 'factor_refused'
  | 'factors_reset'
  | 'code_sheet_made'
  | 'vouched'

/** What a notice tells besides its kind. */
export type NoticeAbout = {
  /** When it happened, as ISO 8601. */
  at: string
  /** From where; null where nobody can say, such as for the operator's commands. */
  device: string | null
  address: string | null
}

/**
 * Tells a person that the credentials or the address of their account were changed: what, when, from where, and what to do if it was
 * not them. It holds no link but to the instance, so that nobody learns to press links in such messages.
 * Source: ASVS 5.0, 6.3.7; NIST SP 800-63B-4, 4.6.
 */
export function noticeMessage(kind: NoticeKindName): MessageKind {
  return {
    prepare:
      async (_tx, _needs, _account, { about }) =>
      (view) =>
        compose(view, kind, about as NoticeAbout),
  }
}

function compose({ t, language, instanceName, instanceUrl, account }: MessageView, kind: string, about: NoticeAbout): Composed {
  const greeting = t('messages:greeting', { name: account.fullName })
  const what = t(`messages:${kind}.what`, { instance: instanceName })
  const ifNotYou = t(`messages:${kind}.if_not_you`)
  const facts = [
    [t('messages:username'), account.username],
    [t('messages:when'), formatMoment(new Date(about.at), language, account.timeZone)],
    ...(about.device ? [[t('common:device'), about.device] as const] : []),
    ...(about.address ? [[t('messages:from_address'), about.address] as const] : []),
    [t('messages:address'), instanceUrl],
  ] as const
  return {
    subject: t(`messages:${kind}.subject`, { instance: instanceName }),
    text: [greeting, what, facts.map(([name, value]) => `${name}: ${value}`).join('\n'), ifNotYou].join('\n\n'),
    body: html`<p style="margin:0 0 16px">${greeting}</p>
<p style="margin:0 0 16px">${what}</p>
${facts.map(([name, value]) => fact(name, value === instanceUrl ? html`<a href="${instanceUrl}" style="color:inherit">${instanceUrl}</a>` : value))}
<p style="margin:16px 0 0">${ifNotYou}</p>`,
  }
}
