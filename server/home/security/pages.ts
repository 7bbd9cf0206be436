// The pages of the own second factors.
import { fewSheetCodes, longestFactorName, sheetCodes } from '../../../contracts/factors.ts'
import type { ListedFactor } from '../../authenticators/factors/factors.ts'
import { passkeySetUp, sheetSetUp, totpSetUp } from '../../authenticators/factors/pages.ts'
import { type Html, html, type Page, type View } from '../../platform/page.ts'
import { formatMoment } from '../../platform/text.ts'
import type { OwnSession } from '../../sessions/sessions.ts'

type Person = { formToken: string; timeZone: string }

export type SecurityPage = Person & {
  factors: readonly ListedFactor[]
  kinds: readonly string[]
  isOff: boolean
  needsSupervisor: boolean
  sessions: readonly OwnSession[]
  /** The session of this browser. */
  sessionId: string
  done: string | undefined
}

export function securityPage(view: View, page: SecurityPage): Page {
  const { t } = view
  const { factors, kinds, isOff, needsSupervisor, done, formToken } = page
  return {
    title: t('second-factor:mine.title'),
    styles: ['factors.css'],
    body: html`<div class="card">
${done === undefined ? '' : html`<p class="notice" role="status">${done}</p>`}
<h1>${t('second-factor:mine.title')}</h1>
<p>${t(isOff ? 'second-factor:mine.off' : 'second-factor:mine.intro')}</p>
${isOff ? '' : warning(view, factors, needsSupervisor)}
<div class="choices">
${factors.map((factor) => shownFactor(view, factor, page))}
</div>
${
  kinds.length === 0 || needsSupervisor
    ? ''
    : html`<h2>${t('second-factor:mine.add')}</h2>
<div class="choices">${kinds.map(
        (kind) => html`<section>
<h3>${t(`second-factor:kind.${kind}`)}</h3>
<p>${t(`second-factor:needs.${kind}`)}</p>
<form method="post" action="/security/begin">
<input type="hidden" name="formToken" value="${formToken}">
<input type="hidden" name="kind" value="${kind}">
<p><button type="submit">${t(`second-factor:begin.${kind}`)}</button></p>
</form>
</section>`,
      )}</div>`
}
<h2>${t('second-factor:mine.sessions')}</h2>
${lastSessions(view, page)}
</div>`,
  }
}

function warning({ t }: View, factors: readonly ListedFactor[], needsSupervisor: boolean): Html | '' {
  const sheet = factors.find(({ codesLeft }) => codesLeft !== null && codesLeft <= fewSheetCodes)
  if (needsSupervisor) return html`<p class="note">${t('second-factor:mine.supervisor_first')}</p>`
  if (factors.length === 0) return html`<p class="note">${t('second-factor:mine.none')}</p>`
  if (sheet) {
    const text =
      sheet.codesLeft === 0 ? t('second-factor:sheet_used_up') : t('second-factor:sheet_few', { count: sheet.codesLeft! })
    return html`<p class="note">${text}</p>`
  }
  return factors.length === 1 ? html`<p class="note">${t('second-factor:mine.only_one')}</p>` : ''
}

function shownFactor(
  { t, language }: View,
  { id, kind, name, madeAt, madeDevice, lastUsedAt, lastUsedDevice, lastUsedAddress, codesLeft }: ListedFactor,
  { factors, formToken, timeZone }: SecurityPage,
): Html {
  const shown = name || t(`second-factor:kind.${kind}`)
  const where = (...parts: (string | null)[]) => parts.filter(Boolean).join(' · ')
  return html`<section class="factor">
<h2>${shown}</h2>
<dl class="facts">
<dt>${t('second-factor:mine.made')}</dt><dd>${where(formatMoment(madeAt, language, timeZone), madeDevice)}</dd>
<dt>${t('second-factor:mine.last_used')}</dt><dd>${
    lastUsedAt === null
      ? t('second-factor:mine.never_used')
      : where(formatMoment(lastUsedAt, language, timeZone), lastUsedDevice, lastUsedAddress)
  }</dd>
${codesLeft === null ? '' : html`<dt>${t('second-factor:mine.codes_left')}</dt><dd>${t('second-factor:mine.of_codes', { left: codesLeft, codes: sheetCodes })}</dd>`}
</dl>
<details>
<summary>${t('second-factor:mine.rename')}<span class="spoken">: ${shown}</span></summary>
<form method="post" action="/security/rename">
<input type="hidden" name="formToken" value="${formToken}">
<input type="hidden" name="factor" value="${id}">
<label for="name-${id}">${t('second-factor:mine.name')}</label>
<input id="name-${id}" name="name" value="${name}" maxlength="${longestFactorName}">
<p><button type="submit">${t('common:save')}</button></p>
</form>
</details>
<details>
<summary>${t('second-factor:mine.remove')}<span class="spoken">: ${shown}</span></summary>
<form method="post" action="/security/remove">
<input type="hidden" name="formToken" value="${formToken}">
<input type="hidden" name="factor" value="${id}">
${factors.length === 1 ? html`<p>${t('second-factor:mine.remove_last')}</p>` : ''}
<p><button type="submit">${t('second-factor:mine.remove')}</button></p>
</form>
</details>
</section>`
}

function lastSessions({ t, language }: View, { sessions, sessionId, timeZone }: SecurityPage): Html {
  return html`<ul class="logins">${sessions.map(
    ({ id, startedAt, endedAt, device, address }) => html`<li>
${formatMoment(startedAt, language, timeZone)} · ${device || t('common:unknown_device')} · ${address}
<span class="fine">(${
      id === sessionId
        ? t('second-factor:mine.this_session')
        : endedAt === null
          ? ''
          : t('second-factor:mine.ended', { moment: formatMoment(endedAt, language, timeZone) })
    })</span></li>`,
  )}</ul>`
}

export type SetUpPage = { formToken: string; username: string; instanceName: string; wrong?: string | undefined } & (
  | { kind: 'totp'; secret: Buffer }
  | { kind: 'code_sheet'; codes: readonly string[] | undefined }
  | { kind: 'passkey'; options: object }
)

export function setUpPage(view: View, { formToken, username, instanceName, wrong, ...what }: SetUpPage): Page {
  const { t } = view
  const title = t(`second-factor:set_up.${what.kind}`)
  const form = { action: '/security/finish', formToken, hidden: {}, button: t('second-factor:set_up.finish'), wrong }
  return {
    title,
    styles: ['factors.css'],
    ...(what.kind === 'passkey' && { scripts: ['passkey.js'] }),
    body: html`<div class="card">
<h1>${title}</h1>
${
  what.kind === 'passkey'
    ? passkeySetUp(view, { action: '/security/passkey', formToken, hidden: {}, options: what.options, wrong })
    : what.kind === 'totp'
      ? totpSetUp(view, { ...form, secret: what.secret, issuer: instanceName, username })
      : sheetSetUp(view, { ...form, codes: what.codes })
}
<p><a class="button" href="/security">${t('common:cancel')}</a></p>
</div>`,
  }
}
