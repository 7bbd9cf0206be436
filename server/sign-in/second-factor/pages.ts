// The pages between a right password and a session that ask for a second factor, or let it be set up.
import type { FactorKind } from '../../../contracts/factors.ts'
import { fewSheetCodes } from '../../../contracts/factors.ts'
import { codeField, passkeyForm, passkeySetUp, sheetSetUp, totpSetUp } from '../../authenticators/factors/pages.ts'
import { alert, type Html, html, type Page, type View } from '../../platform/page.ts'
import { formatMoment } from '../../platform/text.ts'

/** What each of these pages carries: whose sign-in it was made for. */
type Waiting = { formToken: string; id: string }

const hidden = ({ formToken, id }: Waiting): Html =>
  html`<input type="hidden" name="formToken" value="${formToken}">
<input type="hidden" name="signIn" value="${id}">`

export type SecondFactorPage = Waiting & {
  kind: FactorKind
  /** What else the person has. */
  others: readonly FactorKind[]
  sheet: { number: number; left: number } | undefined
  /** What a key is asked, where one is asked for. */
  keyOptions: object | undefined
  mayAskSupervisor: boolean
  wrong?: string | undefined
}

export function secondFactorPage(
  view: View,
  { kind, others, sheet, keyOptions, mayAskSupervisor, wrong, ...waiting }: SecondFactorPage,
): Page {
  const { t } = view
  const usedUp = kind === 'code_sheet' && sheet?.left === 0
  const few = kind === 'code_sheet' && sheet !== undefined && sheet.left > 0 && sheet.left <= fewSheetCodes
  return {
    title: t('second-factor:title'),
    styles: ['factors.css'],
    ...(keyOptions !== undefined && { scripts: ['passkey.js'] }),
    languageChoice: { back: `/second-factor?use=${kind}` },
    body: html`<div class="card narrow">
<h1>${t('second-factor:title')}</h1>
<p>${t('second-factor:why')}</p>
${
  keyOptions !== undefined
    ? html`<p>${t('second-factor:passkey_why')}</p>
${passkeyForm(view, {
  action: '/second-factor/passkey',
  formToken: waiting.formToken,
  hidden: { signIn: waiting.id },
  use: 'get',
  options: keyOptions,
  button: t('second-factor:passkey_use'),
  wrong,
})}`
    : usedUp
      ? alert(t('second-factor:sheet_used_up'))
      : html`<form method="post" action="/second-factor">
${hidden(waiting)}
<input type="hidden" name="kind" value="${kind}">
${codeField({
  label: t(`second-factor:${kind}_field`, { number: sheet?.number }),
  hint: t(`second-factor:${kind}_hint`, { count: sheet?.left }),
  wrong,
  numeric: kind === 'totp',
})}
${few ? html`<p class="note">${t('second-factor:sheet_few', { count: sheet.left })}</p>` : ''}
<p><button type="submit" class="primary">${t('sign-in:go_on')}</button></p>
</form>`
}
${
  others.length === 0
    ? ''
    : html`<p>${t('second-factor:something_else')}</p>
<ul>${others.map((each) => html`<li><a href="/second-factor?use=${each}">${t(`second-factor:kind.${each}`)}</a></li>`)}</ul>`
}
${mayAskSupervisor ? askForm(view, waiting) : ''}
<p class="fine"><a href="/login">${t('sign-in:back_to_login')}</a></p>
</div>`,
  }
}

function askForm({ t }: View, waiting: Waiting): Html {
  return html`<form method="post" action="/second-factor/vouch">
${hidden(waiting)}
<p class="fine">${t('second-factor:ask_means')}</p>
<p><button type="submit">${t('second-factor:ask')}</button></p>
</form>`
}

export type WaitPage = Waiting & { state: 'waits' | 'vouched' | 'over'; number: string; username: string }

/** Where a person waits for a supervisor, who types the number. Goes on by itself; where there is no script, by being asked for again. */
export function waitPage({ t }: View, { state, number, username, ...waiting }: WaitPage): Page {
  const here = `/second-factor/wait?signIn=${waiting.id}`
  const title = t('second-factor:wait.title')
  if (state === 'over')
    return {
      title,
      styles: ['factors.css'],
      languageChoice: { back: here },
      body: html`<div class="card narrow"><h1>${title}</h1>
${alert(t('second-factor:wait.over'))}
<p><a class="button" href="/login">${t('sign-in:try_again')}</a></p></div>`,
    }
  return {
    title,
    styles: ['factors.css'],
    scripts: ['wait.js'],
    refresh: { seconds: 5, at: here },
    languageChoice: { back: here },
    body: html`<div class="card narrow" data-waits="/api/sign-in/vouch" data-goes-on="${here}">
<h1>${title}</h1>
<p>${t('second-factor:wait.say', { username })}</p>
<p class="number">${number.slice(0, 3)} ${number.slice(3)}</p>
<p role="status">${t('second-factor:wait.goes_on')}</p>
<p class="fine">${t('second-factor:wait.only_you')}</p>
<p><a class="button" href="/second-factor">${t('common:back')}</a></p>
</div>`,
  }
}

export type EnrolmentPage = Waiting & {
  username: string
  /** Which of a supervisor's reset, and a rule, asks for it. */
  reason: 'factors_reset' | 'enrolment'
  kinds: readonly FactorKind[]
  /** Whether what was shown is enough to set one up. */
  mayBind: boolean
  mayAskSupervisor: boolean
  grace: { until: Date; logins: number } | undefined
  timeZone: string
}

/** Full page between the password and the session: what there is to choose from, and what each needs. */
export function enrolmentPage(
  view: View,
  { reason, kinds, mayBind, mayAskSupervisor, grace, timeZone, ...waiting }: EnrolmentPage,
): Page {
  const { t, language } = view
  const title = t('second-factor:enrolment.title')
  return {
    title,
    styles: ['factors.css'],
    languageChoice: { back: '/enrolment' },
    body: html`<div class="card">
<h1>${title}</h1>
<p>${t(`second-factor:enrolment.why.${reason}`)}</p>
${
  mayBind
    ? kinds.length === 0
      ? alert(t('second-factor:enrolment.none_offered'))
      : html`<div class="choices">${kinds.map(
          (kind) => html`<section>
<h2>${t(`second-factor:kind.${kind}`)}</h2>
<p>${t(`second-factor:needs.${kind}`)}</p>
<form method="post" action="/enrolment/begin">
${hidden(waiting)}
<input type="hidden" name="kind" value="${kind}">
<p><button type="submit" class="primary">${t(`second-factor:begin.${kind}`)}</button></p>
</form>
</section>`,
        )}</div>`
    : html`<p class="note">${t('second-factor:enrolment.supervisor_first')}</p>
${mayAskSupervisor ? askForm(view, waiting) : ''}`
}
${
  grace === undefined
    ? ''
    : html`<form method="post" action="/enrolment/later">
${hidden(waiting)}
<p>${t('second-factor:enrolment.grace', { moment: formatMoment(grace.until, language, timeZone), count: grace.logins })}</p>
<p><button type="submit">${t('second-factor:enrolment.later')}</button></p>
</form>`
}
</div>`,
  }
}

export type SetUpPage = Waiting & { username: string; instanceName: string; wrong?: string | undefined } & (
    | { kind: 'totp'; secret: Buffer }
    | { kind: 'code_sheet'; codes: readonly string[] | undefined }
    | { kind: 'passkey'; options: object }
  )

export function setUpPage(view: View, { formToken, id, username, instanceName, wrong, ...what }: SetUpPage): Page {
  const { t } = view
  const title = t(`second-factor:set_up.${what.kind}`)
  const form = {
    action: '/enrolment',
    formToken,
    hidden: { signIn: id },
    button: t('second-factor:set_up.finish'),
    wrong,
  }
  return {
    title,
    styles: ['factors.css'],
    ...(what.kind === 'passkey' && { scripts: ['passkey.js'] }),
    body: html`<div class="card">
<h1>${title}</h1>
${
  what.kind === 'passkey'
    ? passkeySetUp(view, { action: '/enrolment/passkey', formToken, hidden: { signIn: id }, options: what.options, wrong })
    : what.kind === 'totp'
      ? totpSetUp(view, { ...form, secret: what.secret, issuer: instanceName, username })
      : sheetSetUp(view, { ...form, codes: what.codes })
}
<p><a class="button" href="/enrolment">${t('common:back')}</a></p>
</div>`,
  }
}
