// The part of a page in which somebody chooses a new password.
import { alert, type Html, html, type View } from '../../platform/page.ts'
import type { PasswordFault } from './password-rules.ts'
import type { PasswordDemands } from './set-password.ts'

export type PasswordFields = {
  demands: PasswordDemands
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
  { demands, faults, differ, autofocus = faults.length > 0, checkedBy = '/api/password-check' }: PasswordFields,
): Html {
  const broken = new Map(faults.map((fault) => [fault.code, fault]))
  const invalid = faults.length > 0 ? html` aria-invalid="true"` : ''
  return html`<label for="newPassword">${t('passwords:new_password')}</label>
<div class="with-toggle">
<input id="newPassword" name="newPassword" type="password" autocomplete="new-password" required aria-describedby="rules"${invalid}${autofocus ? html` autofocus` : ''} data-checked-by="${checkedBy}">
<button type="button" class="toggle" data-shows="newPassword" aria-pressed="false" hidden>${t('common:show_password')}<span class="spoken"> ${t('passwords:new_password')}</span></button>
</div>
<div id="rules" class="rules">
${faults.length > 0 ? html`<p><strong role="alert">${t('passwords:refused')}</strong></p>` : ''}
<p>${t('passwords:rules')}</p>
<ul>
${shownRules(demands, broken).map(
  ({
    code,
    text,
  }) => html`<li data-code="${code}"${broken.has(code) ? html` data-state="broken"` : ''}${judgedWhenSent.includes(code) ? html` data-judged="when-sent"` : ''}${judgedLast.includes(code) ? html` data-judged-last` : ''}>${t(`passwords:rule.${code}`, text)}<span class="state" data-broken="${t('passwords:not_yet')}" data-kept="${t('passwords:kept')}" data-open="${t('passwords:not_judged')}">${broken.has(code) ? t('passwords:not_yet') : ''}</span></li>
`,
)}</ul>
</div>
<label for="newPasswordAgain">${t('passwords:new_password_again')}</label>
<input id="newPasswordAgain" name="newPasswordAgain" type="password" autocomplete="new-password" required${differ === undefined ? '' : html` aria-invalid="true" aria-describedby="differ"`}>
${differ === undefined ? '' : alert(differ, 'differ')}`
}

type ShownRule = { code: PasswordFault['code']; text: { count?: number }; demanded?: boolean }

/** Too costly to look up while somebody types. */
const judgedWhenSent: readonly PasswordFault['code'][] = ['unchanged', 'used_before']

/** Not estimated as long as another rule is broken, and so neither kept nor broken then. */
const judgedLast: readonly PasswordFault['code'][] = ['guessable']

/** Every rule that is demanded, and any other that was broken. */
function shownRules({ rules, refusesBreached }: PasswordDemands, broken: ReadonlyMap<string, PasswordFault>): ShownRule[] {
  const counted = (code: PasswordFault['code'], count: number): ShownRule => ({ code, text: { count }, demanded: count > 0 })
  const all: ShownRule[] = [
    counted('too_short', rules.minimumLength),
    counted('lowercase', rules.minimumLowercase),
    counted('uppercase', rules.minimumUppercase),
    counted('digits', rules.minimumDigits),
    counted('symbols', rules.minimumSymbols),
    { code: 'common', text: {} },
    { code: 'breached', text: {}, demanded: refusesBreached },
    { code: 'personal', text: {} },
    { code: 'guessable', text: {} },
    { code: 'too_long', text: {}, demanded: false },
    { code: 'unchanged', text: {}, demanded: false },
    counted('used_before', rules.formerPasswords),
  ]
  return all.filter(({ code, demanded = true }) => demanded || broken.has(code))
}
