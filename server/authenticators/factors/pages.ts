// What every page needs that sets up a factor: the QR code of an app, and a sheet to print.
import { encode } from 'uqr'
import type { FactorKind } from '../../../contracts/factors.ts'
import { alert, type Html, html, type View } from '../../platform/page.ts'
import { inBase32, totpUri, usualTotp } from './totp.ts'

/** Draws a QR code, dark on light whatever the page looks like. */
function qrCode(text: string, label: string): Html {
  const { size, data } = encode(text, { border: 2 })
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path d="M0 0h${size}v${size}h-${size}z" fill="#fff"/><path d="${path}" fill="#000"/></svg>`
}

/** A field for a code. */
export function codeField({
  label,
  hint,
  wrong,
  numeric,
}: {
  label: string
  hint: string
  wrong: string | undefined
  numeric: boolean
}): Html {
  const atFault = wrong === undefined ? '' : html` aria-invalid="true"`
  return html`<label for="code">${label}</label>
<p class="fine" id="code-hint">${hint}</p>
<input id="code" name="code" class="code" required autofocus maxlength="100" autocomplete="one-time-code" autocapitalize="characters" autocorrect="off" spellcheck="false"${numeric ? html` inputmode="numeric"` : ''} aria-describedby="code-hint${wrong === undefined ? '' : ' alert'}"${atFault}>
${wrong === undefined ? '' : alert(wrong)}`
}

export type SetUpForm = {
  /** Where the code that proves it is sent. */
  action: string
  formToken: string
  /** What else the form holds. */
  hidden: Readonly<Record<string, string>>
  button: string
  wrong: string | undefined
}

function setUpForm({ t }: View, kind: FactorKind, { action, formToken, hidden, button, wrong }: SetUpForm): Html {
  return html`<form method="post" action="${action}">
<input type="hidden" name="formToken" value="${formToken}">
${Object.entries({ ...hidden, kind }).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${codeField({
  label: t(`second-factor:set_up.${kind}_field`),
  hint: t(`second-factor:set_up.${kind}_hint`),
  wrong,
  numeric: kind === 'totp',
})}
<p><button type="submit" class="primary">${button}</button></p>
</form>`
}

/** How an app is set up: its QR code, the same in letters, and the field for a first code. */
export function totpSetUp(
  view: View,
  { secret, issuer, username, ...form }: SetUpForm & { secret: Buffer; issuer: string; username: string },
): Html {
  const { t } = view
  const letters = inBase32(secret)
    .match(/.{1,4}/g)!
    .join(' ')
  return html`<p>${t('second-factor:set_up.totp_scan')}</p>
<p>${qrCode(totpUri(secret, usualTotp, issuer, username), t('second-factor:set_up.totp_qr'))}</p>
<p>${t('second-factor:set_up.totp_letters')} <code class="letters">${letters}</code></p>
${setUpForm(view, 'totp', form)}`
}

/** How a sheet is set up: its codes, where they were just made, and the field for the first one. */
export function sheetSetUp(view: View, { codes, ...form }: SetUpForm & { codes: readonly string[] | undefined }): Html {
  const { t } = view
  return html`${
    codes === undefined
      ? html`<p>${t('second-factor:set_up.sheet_shown_before')}</p>`
      : html`<p>${t('second-factor:set_up.sheet_print')}</p>
<ol class="sheet">${codes.map((code) => html`<li>${code}</li>`)}</ol>`
  }
${setUpForm(view, 'code_sheet', form)}`
}

export type PasskeyForm = {
  action: string
  formToken: string
  hidden: Readonly<Record<string, string>>
  /** `login`: whichever passkey the browser has, also from the field of the username. */
  use: 'login' | 'get' | 'create'
  /** What a browser's keys are asked, or where it is fetched. */
  options: string | object
  button: string
  /** Why the last answer was not taken. */
  wrong?: string | undefined
}

/** The button that asks a browser's keys. It needs a script, and says so to whoever runs none. */
export function passkeyForm({ t }: View, { action, formToken, hidden, use, options, button, wrong }: PasskeyForm): Html {
  const asked = typeof options === 'string' ? options : JSON.stringify(options)
  return html`${use === 'login' ? '' : html`<noscript><p class="note">${t('second-factor:passkey_no_script')}</p></noscript>`}
<form method="post" action="${action}" hidden data-passkey="${use}" data-options="${asked}" data-failed="${t('second-factor:passkey_failed')}" data-exists="${t('second-factor:passkey_exists')}"${use === 'login' ? '' : html` data-unsupported="${t('second-factor:passkey_unsupported')}"`}>
<input type="hidden" name="formToken" value="${formToken}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<input type="hidden" name="answer" value="">
<p><button type="submit"${use === 'login' ? '' : html` class="primary"`}>${button}</button></p>
</form>
<p class="alert" role="alert" data-passkey-says${wrong === undefined ? html` hidden` : ''}>${wrong ?? ''}</p>`
}

/** How a key is set up. */
export function passkeySetUp(
  view: View,
  form: Pick<PasskeyForm, 'action' | 'formToken' | 'hidden' | 'wrong'> & { options: object },
): Html {
  const { t } = view
  return html`<p>${t('second-factor:needs.passkey')} ${t('second-factor:passkey_why')}</p>
${passkeyForm(view, { ...form, use: 'create', button: t('second-factor:begin.passkey') })}`
}
