// The pages of getting back in without the password.
import { passwordFields } from '../authenticators/passwords/pages.ts'
import type { PasswordDemands, PasswordFault } from '../authenticators/passwords/passwords.ts'
import { alert, html, type Page, type View } from '../platform/page.ts'

export type ForgotPasswordPage = { formToken: string; username?: string; refusal?: string }

/** Asks for the username. */
export function forgotPasswordPage({ t }: View, { formToken, username = '', refusal }: ForgotPasswordPage): Page {
  return {
    title: t('sign-in:forgot_password'),
    languageChoice: { back: '/forgot-password' },
    body: html`<div class="card narrow">
<h1>${t('sign-in:forgot_password')}</h1>
<p>${t('recovery:ask_why')}</p>
<form method="post" action="/forgot-password">
<input type="hidden" name="formToken" value="${formToken}">
<label for="username">${t('common:username')}</label>
<input id="username" name="username" value="${username}" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" required maxlength="400" autofocus>
${refusal === undefined ? '' : alert(refusal)}
<button type="submit" class="primary">${t('recovery:ask')}</button>
</form>
<p><a href="/login">${t('sign-in:back_to_login')}</a></p>
</div>`,
  }
}

/** What everybody reads who has asked, whatever the username was. */
export function askedPage({ t }: View, linkMinutes: number): Page {
  return {
    title: t('recovery:asked'),
    languageChoice: { back: '/forgot-password?asked' },
    body: html`<div class="card narrow">
<h1>${t('recovery:asked')}</h1>
<p>${t('recovery:asked_with_email', { minutes: linkMinutes })}</p>
<p>${t('recovery:asked_without_email')}</p>
<p>${t('recovery:asked_nothing_comes')}</p>
<p><a class="button" href="/login">${t('sign-in:back_to_login')}</a></p>
</div>`,
  }
}

export type NewPasswordPage = {
  formToken: string
  /** Of the link that the page is made for. */
  linkId: string
  username: string
  demands: PasswordDemands
  faults: readonly PasswordFault[]
  differ?: string
  refusal?: string
}

/** Asks for the new password, of who has opened a link. */
export function newPasswordPage(
  view: View,
  { formToken, linkId, username, demands, faults, differ, refusal }: NewPasswordPage,
): Page {
  const { t } = view
  return {
    title: t('recovery:new_password'),
    scripts: ['show-password.js', 'password-rules.js'],
    languageChoice: { back: '/recover' },
    body: html`<div class="card">
<h1>${t('recovery:new_password')}</h1>
<p>${t('recovery:new_password_why')}</p>
<form method="post" action="/recover">
<input type="hidden" name="formToken" value="${formToken}">
<input type="hidden" name="link" value="${linkId}">
<label for="username">${t('common:username')}</label>
<input id="username" name="username" value="${username}" autocomplete="username" readonly>
${passwordFields(view, { demands, faults, differ, autofocus: true, checkedBy: '/api/recovery/password-check' })}
${refusal === undefined ? '' : alert(refusal)}
<button type="submit" class="primary">${t('recovery:save')}</button>
</form>
</div>`,
  }
}

/** A link that is broken, used, expired or void: says so, and offers a new one. */
export function linkInvalidPage({ t }: View): Page {
  return {
    title: t('problems:recovery_link_invalid.title'),
    languageChoice: { back: '/recover' },
    body: html`<div class="card narrow">
<h1>${t('problems:recovery_link_invalid.title')}</h1>
${alert(t('problems:recovery_link_invalid.next'))}
<p class="buttons"><a class="button primary" href="/forgot-password">${t('recovery:ask_anew')}</a> <a class="button" href="/login">${t('sign-in:back_to_login')}</a></p>
</div>`,
  }
}
