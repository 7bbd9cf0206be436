// The pages of logging in.
import { passwordFields } from '../authenticators/passwords/pages.ts'
import type { PasswordDemands, PasswordFault } from '../authenticators/passwords/passwords.ts'
import { alert, type Html, html, type Page, type View } from '../platform/page.ts'
import { formatMoment } from '../platform/text.ts'
import type { LoginOutcome } from './complete-login.ts'
import type { PendingReason } from './store.ts'

export type LoginPage = {
  formToken: string
  next: string
  /** What was typed, when the page comes again. */
  username?: string
  /** Why it comes again. */
  refusal?: string
  /** Whether what was typed is at fault, and not the time or the place. */
  wrong?: boolean
  /** What happened before, such as the end of a session; no fault of the form. */
  notice?: { text: string; mayBeDisputed?: boolean } | undefined
}

export function loginPage({ t }: View, { formToken, next, username = '', refusal, wrong = false, notice }: LoginPage): Page {
  return {
    title: t('sign-in:log_in'),
    scripts: ['show-password.js'],
    languageChoice: { back: next === '' ? '/login' : `/login?next=${encodeURIComponent(next)}` },
    body: html`<div class="card narrow">
<h1>${t('sign-in:log_in')}</h1>
${notice === undefined ? '' : html`<p class="note" role="status">${notice.text}</p>`}
${
  notice?.mayBeDisputed
    ? html`<form method="post" action="/not-me">
<p><button type="submit">${t('sign-in:not_me')}</button></p>
<input type="hidden" name="formToken" value="${formToken}">
</form>`
    : ''
}
<form method="post" action="/login">
<input type="hidden" name="formToken" value="${formToken}">
<input type="hidden" name="next" value="${next}">
<label for="username">${t('sign-in:username')}</label>
<input id="username" name="username" value="${username}" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" required maxlength="400"${autofocus(refusal === undefined)}${wrong ? atFault : ''}>
<label for="password">${t('sign-in:password')}</label>
<div class="with-toggle">
<input id="password" name="password" type="password" autocomplete="current-password" required${autofocus(refusal !== undefined)}${wrong ? atFault : ''}>
<button type="button" class="toggle" data-shows="password" aria-pressed="false" hidden>${t('sign-in:show_password')}<span class="spoken"> ${t('sign-in:password')}</span></button>
</div>
${refusal === undefined ? '' : alert(refusal)}
<button type="submit" class="primary">${t('sign-in:log_in')}</button>
</form>
<p><a href="/forgot-password">${t('sign-in:forgot_password')}</a></p>
</div>`,
  }
}

const autofocus = (yes: boolean): Html | '' => (yes ? html` autofocus` : '')
const atFault = html` aria-invalid="true" aria-describedby="alert"`

export type ChoosePasswordPage = {
  formToken: string
  username: string
  reason: PendingReason
  demands: PasswordDemands
  faults: readonly PasswordFault[]
  differ?: string
  refusal?: string
}

export function choosePasswordPage(
  view: View,
  { formToken, username, reason, demands, faults, differ, refusal }: ChoosePasswordPage,
): Page {
  const { t } = view
  return {
    title: t('sign-in:choose_password'),
    scripts: ['show-password.js', 'password-rules.js'],
    languageChoice: { back: '/choose-password' },
    body: html`<div class="card">
<h1>${t('sign-in:choose_password')}</h1>
<p>${t(`sign-in:choose_password_why.${reason}`)}</p>
<form method="post" action="/choose-password">
<input type="hidden" name="formToken" value="${formToken}">
<label for="username">${t('sign-in:username')}</label>
<input id="username" name="username" value="${username}" autocomplete="username" readonly>
${passwordFields(view, { demands, faults, differ, autofocus: true })}
${refusal === undefined ? '' : alert(refusal)}
<button type="submit" class="primary">${t('sign-in:save_and_log_in')}</button>
</form>
</div>`,
  }
}

type Stop = Exclude<LoginOutcome, { kind: 'started' | 'choose_password' }>

/** The page of a login that stops after a right password: what is in the way, and what to do. */
export function stopPage(view: View, stop: Stop, passwordChosen: boolean, formToken?: string): Page {
  const { t } = view
  const { title, body } = stopText(view, stop)
  return {
    title,
    languageChoice: { back: '/login' },
    body: html`<div class="card">
${passwordChosen ? html`<p class="notice" role="status">${t('sign-in:password_saved')}</p>` : ''}
<h1>${title}</h1>
${alert(body)}
${stop.kind === 'already_logged_in' ? otherSession(view, stop) : ''}
${
  stop.kind === 'already_logged_in' && stop.moveToken !== undefined
    ? html`<form method="post" action="/take-over">
<input type="hidden" name="formToken" value="${formToken}">
<p class="fine">${t('sign-in:take_over_means')}</p>
<p><button type="submit" class="primary">${t('sign-in:take_over')}</button></p>
</form>`
    : ''
}
<p><a class="button" href="/login">${t('sign-in:try_again')}</a></p>
</div>`,
  }
}

function stopText({ t, language }: View, stop: Stop): { title: string; body: string } {
  switch (stop.kind) {
    case 'already_logged_in':
      return {
        title: t('sign-in:already_logged_in'),
        body: t(stop.moveToken === undefined ? 'sign-in:already_logged_in_next' : 'sign-in:already_logged_in_move'),
      }
    case 'no_seat':
      return { title: t('sign-in:no_seat'), body: t('sign-in:no_seat_next') }
    case 'initial_password_expired':
      return { title: t('sign-in:initial_password_expired'), body: t('sign-in:initial_password_expired_next') }
    case 'no_longer_valid':
      return { title: t('sign-in:no_longer_valid'), body: t('sign-in:ask_administrator') }
    default: {
      const title = t(`sign-in:${stop.kind}`)
      if (stop.opensAt === undefined) return { title, body: t('sign-in:ask_administrator') }
      return { title, body: t('sign-in:opens_at', { moment: formatMoment(stop.opensAt, language, stop.timeZone) }) }
    }
  }
}

function otherSession({ t, language }: View, { other, timeZone }: Extract<Stop, { kind: 'already_logged_in' }>): Html {
  return html`<dl class="facts">
<dt>${t('common:since')}</dt><dd>${formatMoment(other.startedAt, language, timeZone)}</dd>
<dt>${t('common:device')}</dt><dd>${other.device || t('common:unknown_device')}</dd>
<dt>${t('common:address')}</dt><dd>${other.address}</dd>
</dl>`
}
