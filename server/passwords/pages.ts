// The part of a page in which somebody chooses a new password.
import { alert, type Html, html, type View } from '../platform/page.ts'
import { defaultPasswordRules, type PasswordFault } from './password-rules.ts'

export type PasswordFields = {
  /** The rules that the last try broke. */
  faults: readonly PasswordFault[]
  /** That the second one was typed differently. */
  differ?: string | undefined
  autofocus?: boolean
  /** Who says which rules a password breaks while it is typed. */
  checkedBy?: string
}

/** The two fields of a new password, and the rules, which public/password-rules.js ticks off as one types. */
export function passwordFields(
  { t }: View,
  { faults, differ, autofocus = faults.length > 0, checkedBy = '/api/password-check' }: PasswordFields,
): Html {
  const broken = new Map(faults.map((fault) => [fault.code, fault]))
  const invalid = faults.length > 0 ? html` aria-invalid="true"` : ''
  return html`<label for="newPassword">${t('passwords:new_password')}</label>
<div class="with-toggle">
<input id="newPassword" name="newPassword" type="password" autocomplete="new-password" required aria-describedby="rules"${invalid}${autofocus ? html` autofocus` : ''} data-checked-by="${checkedBy}">
<button type="button" class="toggle" data-shows="newPassword" aria-pressed="false" hidden>${t('sign-in:show_password')}<span class="spoken"> ${t('passwords:new_password')}</span></button>
</div>
<div id="rules" class="rules">
${faults.length > 0 ? html`<p><strong role="alert">${t('passwords:refused')}</strong></p>` : ''}
<p>${t('passwords:rules')}</p>
<ul>
${shownRules(broken).map(
  ({
    code,
    text,
  }) => html`<li data-code="${code}"${broken.has(code) ? html` data-state="broken"` : ''}>${t(`passwords:rule.${code}`, text)}<span class="state" data-broken="${t('passwords:not_yet')}" data-kept="${t('passwords:kept')}">${broken.has(code) ? t('passwords:not_yet') : ''}</span></li>
`,
)}</ul>
</div>
<label for="newPasswordAgain">${t('passwords:new_password_again')}</label>
<input id="newPasswordAgain" name="newPasswordAgain" type="password" autocomplete="new-password" required${differ === undefined ? '' : html` aria-invalid="true" aria-describedby="differ"`}>
${differ === undefined ? '' : alert(differ, 'differ')}`
}

type ShownRule = { code: PasswordFault['code']; text: { count?: number } }

/** Every rule that is demanded, and any other that was broken. */
function shownRules(broken: ReadonlyMap<string, PasswordFault>): ShownRule[] {
  const rules = defaultPasswordRules
  const all: ShownRule[] = [
    { code: 'too_short', text: { count: rules.minimumLength } },
    { code: 'lowercase', text: { count: rules.minimumLowercase } },
    { code: 'uppercase', text: { count: rules.minimumUppercase } },
    { code: 'digits', text: { count: rules.minimumDigits } },
    { code: 'symbols', text: { count: rules.minimumSymbols } },
    { code: 'common', text: {} },
    { code: 'personal', text: {} },
    { code: 'guessable', text: {} },
    { code: 'too_long', text: {} },
    { code: 'unchanged', text: {} },
  ]
  const onlyWhenBroken = ['too_long', 'unchanged']
  return all.filter(({ code, text }) => broken.has(code) || (text.count !== 0 && !onlyWhenBroken.includes(code)))
}
