// The pages of logging in.
import { passkeyForm } from '../authenticators/factors/pages.ts'
import { passwordFields } from '../authenticators/passwords/pages.ts'
import type { PasswordDemands, PasswordFault } from '../authenticators/passwords/passwords.ts'
import { alert, type Html, html, type Page, type View } from '../platform/page.ts'
import { formatMoment } from '../platform/text.ts'
import type { OtherSession } from '../sessions/sessions.ts'
import type { Held, StopExtras } from './step.ts'

export type LoginPage = {
  formToken: string
  next: string
  /** What was typed, when the page comes again. */
  username?: string
  /** Why it comes again. */
  refusal?: string
  /** Whether what was typed is at fault, and not the time or the place. */
  wrong?: boolean
  /** Whether somebody who is logged in proves again who they are; then the username is theirs. */
  again?: boolean
  /** What happened before, such as the end of a session; no fault of the form. */
  notice?: { text: string; mayBeDisputed?: boolean } | undefined
}

export function loginPage(
  view: View,
  { formToken, next, username = '', refusal, wrong = false, again = false, notice }: LoginPage,
): Page {
  const { t } = view
  const title = t(again ? 'sign-in:prove_again' : 'sign-in:log_in')
  return {
    title,
    scripts: ['show-password.js', 'passkey.js'],
    ...(!again && { languageChoice: { back: next === '' ? '/login' : `/login?next=${encodeURIComponent(next)}` } }),
    body: html`<div class="card narrow">
<h1>${title}</h1>
${again ? html`<p>${t('sign-in:prove_again_why')}</p>` : ''}
${notice === undefined ? '' : html`<p class="note" role="status">${notice.text}</p>`}
${
  notice?.mayBeDisputed
    ? html`<form method="post" action="/not-me">
<p><button type="submit">${t('common:not_me')}</button></p>
<input type="hidden" name="formToken" value="${formToken}">
</form>`
    : ''
}
<form method="post" action="/login">
<input type="hidden" name="formToken" value="${formToken}">
<input type="hidden" name="next" value="${next}">
${again ? html`<input type="hidden" name="again" value="yes">` : ''}
<label for="username">${t('common:username')}</label>
<input id="username" name="username" value="${username}" autocomplete="username webauthn" autocapitalize="none" autocorrect="off" spellcheck="false" required maxlength="400"${again ? html` readonly` : autofocus(refusal === undefined)}${wrong ? atFault : ''}>
<label for="password">${t('sign-in:password')}</label>
<div class="with-toggle">
<input id="password" name="password" type="password" autocomplete="current-password" required${autofocus(again || refusal !== undefined)}${wrong ? atFault : ''}>
<button type="button" class="toggle" data-shows="password" aria-pressed="false" hidden>${t('common:show_password')}<span class="spoken"> ${t('sign-in:password')}</span></button>
</div>
${refusal === undefined ? '' : alert(refusal)}
<button type="submit" class="primary">${t(again ? 'sign-in:go_on' : 'sign-in:log_in')}</button>
</form>
${passkeyForm(view, {
  action: '/login/passkey',
  // The script takes that of the form above: a page holds it once.
  formToken: '',
  hidden: { next, ...(again && { again: 'yes' }) },
  use: 'login',
  options: '/api/passkey-options',
  button: t('second-factor:passkey_log_in'),
})}
${again ? '' : html`<p><a href="/forgot-password">${t('sign-in:forgot_password')}</a></p>`}
</div>`,
  }
}

const autofocus = (yes: boolean): Html | '' => (yes ? html` autofocus` : '')
const atFault = html` aria-invalid="true" aria-describedby="alert"`

export type ChoosePasswordPage = {
  formToken: string
  /** Of the sign-in that the page is made for. */
  id: string
  username: string
  /** The code of what holds the sign-in up. */
  reason: string
  demands: PasswordDemands
  faults: readonly PasswordFault[]
  differ?: string
  refusal?: string
}

export function choosePasswordPage(
  view: View,
  { formToken, id, username, reason, demands, faults, differ, refusal }: ChoosePasswordPage,
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
<input type="hidden" name="signIn" value="${id}">
<label for="username">${t('common:username')}</label>
<input id="username" name="username" value="${username}" autocomplete="username" readonly>
${passwordFields(view, { demands, faults, differ, autofocus: true })}
${refusal === undefined ? '' : alert(refusal)}
<button type="submit" class="primary">${t('sign-in:save_and_log_in')}</button>
</form>
</div>`,
  }
}

/** The page of a sign-in that stops after what was shown was right: what is in the way, and what to do. */
export function stopPage(view: View, { hold, timeZone }: Held, { passwordChosen = false, goesOn }: StopExtras = {}): Page {
  const { t } = view
  const { title, body } = stopText(view, { hold, timeZone }, hold.mayMove === true)
  return {
    title,
    scripts: ['try-again.js'],
    languageChoice: { back: '/login' },
    body: html`<div class="card">
${passwordChosen ? html`<p class="notice" role="status">${t('sign-in:password_saved')}</p>` : ''}
<h1>${title}</h1>
<p class="note" role="alert" id="alert">${body}</p>
${hold.other === undefined ? '' : otherSession(view, hold.other, timeZone)}
${goesOn === undefined ? html`<p><a class="button" href="/login">${t('sign-in:try_again')}</a></p>` : tryAgain(view, hold, goesOn)}
${goesOn !== undefined && hold.mayMove ? takeOver(view, goesOn) : ''}
</div>`,
  }
}

/** What was shown is kept for a minute: nobody types it again for what passes by itself. A script counts down and presses the button. */
function tryAgain({ t }: View, { code, other }: Held['hold'], { id, formToken }: NonNullable<StopExtras['goesOn']>): Html {
  const seconds = other?.freeInSeconds
  // Longer than what was shown is kept for.
  const counts = typeof seconds === 'number' && seconds <= 45
  return html`<form method="post" action="/try-again"${counts ? html` data-free-in="${seconds + 1}"` : ''}>
<input type="hidden" name="formToken" value="${formToken}">
<input type="hidden" name="signIn" value="${id}">
<input type="hidden" name="step" value="${code === 'no_seat' ? 'seat' : 'other_session'}">
${counts ? html`<p role="status">${t('sign-in:free_in')} <strong data-left>${t('sign-in:seconds', { count: seconds + 1 })}</strong>.</p>` : ''}
<p><button type="submit">${t('sign-in:try_again')}</button></p>
</form>`
}

function takeOver({ t }: View, { id, formToken }: NonNullable<StopExtras['goesOn']>): Html {
  return html`<form method="post" action="/take-over">
<input type="hidden" name="formToken" value="${formToken}">
<input type="hidden" name="signIn" value="${id}">
<p class="fine">${t('sign-in:take_over_means')}</p>
<p><button type="submit" class="primary">${t('sign-in:take_over')}</button></p>
</form>`
}

function stopText(
  { t, language }: View,
  { hold: { code, at }, timeZone }: Held,
  mayMove: boolean,
): { title: string; body: string } {
  const title = t(`sign-in:${code}`)
  if (code === 'already_logged_in')
    return { title, body: t(mayMove ? 'sign-in:already_logged_in_move' : 'sign-in:already_logged_in_next') }
  if (code === 'no_seat' || code === 'initial_password_expired') return { title, body: t(`sign-in:${code}_next`) }
  if (code === 'no_longer_valid' || at === undefined) return { title, body: t('sign-in:ask_administrator') }
  return { title, body: t('sign-in:opens_at', { moment: formatMoment(at, language, timeZone) }) }
}

function otherSession({ t, language }: View, other: OtherSession, timeZone: string): Html {
  return html`<dl class="facts">
<dt>${t('common:since')}</dt><dd>${formatMoment(other.startedAt, language, timeZone)}</dd>
<dt>${t('common:device')}</dt><dd>${other.device || t('common:unknown_device')}</dd>
<dt>${t('common:address')}</dt><dd>${other.address}</dd>
</dl>`
}
