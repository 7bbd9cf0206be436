// The pages of somebody who is logged in.

import { languages } from '../../contracts/languages.ts'
import { passwordFields } from '../authenticators/passwords/pages.ts'
import type { PasswordDemands, PasswordFault } from '../authenticators/passwords/passwords.ts'
import { shownProfileName } from '../directory/profiles/profiles.ts'
import type { Tile } from '../outward/modules/modules.ts'
import { assetUrl } from '../platform/assets.ts'
import { alert, type Frame, type Html, html, type Page, type View } from '../platform/page.ts'
import { formatMoment } from '../platform/text.ts'
import type { LiveSession } from '../sessions/sessions.ts'

export type SignedIn = { session: LiveSession; formToken: string }

export type HomePage = {
  /** What was just done. */
  done: string | undefined
  /** When the password expires, if that is soon. */
  passwordExpiresAt: Date | undefined
  /** The modules that the person may use, and the words by which they look for one. */
  tiles: readonly Tile[]
  find: string
}

export function homePage(view: View, signedIn: SignedIn, { done, passwordExpiresAt, tiles, find }: HomePage): Page {
  const { t, language } = view
  const { session } = signedIn
  return {
    title: t('home:home'),
    aliveAt: '/home/still',
    styles: ['home.css'],
    body: html`<div class="home"><div class="card">
${done === undefined ? '' : html`<p class="notice" role="status">${done}</p>`}
${passwordExpiresAt === undefined ? '' : html`<p class="note">${t('home:password_expires', { moment: formatMoment(passwordExpiresAt, language, session.timeZone) })} <a href="/change-password">${t('home:change_it_now')}</a></p>`}
<h1>${t('home:welcome', { name: session.fullName })}</h1>
${launcher(view, tiles, find)}
${worksInConsole(session) ? html`<p class="buttons"><a class="button primary" href="/console">${t('home:console')}</a></p>` : ''}
</div>
<section class="card" aria-labelledby="session">
<h2 id="session">${t('home:session')}</h2>
<dl class="facts">
<dt>${t('common:username')}</dt><dd>${session.username}</dd>
<dt>${t('home:profile')}</dt><dd>${shownProfileName(t, session.profileName)}</dd>
<dt>${t('home:logged_in_since')}</dt><dd>${formatMoment(session.startedAt, language, session.timeZone)}</dd>
<dt>${t('common:device')}</dt><dd>${session.device || t('common:unknown_device')}</dd>
<dt>${t('common:address')}</dt><dd>${session.address}</dd>
</dl>
</section></div>`,
  }
}

/** From so many on, looking for one is quicker than looking at all. */
const searchedFrom = 9
const colours = 8

/** The modules that somebody may use, each a press away. */
function launcher({ t }: View, tiles: readonly Tile[], find: string): Html | string {
  if (tiles.length === 0) return ''
  const plain = (text: string) => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const shown = tiles.filter(({ name }) => plain(name).includes(plain(find)))
  return html`${
    tiles.length < searchedFrom
      ? ''
      : html`<form method="get" action="/home" role="search" class="find">
<label for="find">${t('home:find')}</label>
<div class="with-button"><input id="find" name="find" type="search" value="${find}" maxlength="200" autocomplete="off"><button type="submit">${t('home:find_now')}</button></div>
</form>`
  }
${shown.length === 0 ? html`<p role="status">${t('home:none_found')} <a href="/home">${t('home:all_modules')}</a></p>` : ''}
<ul class="tiles">${shown.map(
    ({ name, address }) => html`<li><a class="tile" href="${address}" target="_blank" rel="noopener">
<span class="initials hue-${String(hueOf(name))}" aria-hidden="true">${initialsOf(name)}</span>
<span class="tile-name">${name}<span class="unseen"> ${t('home:new_tab')}</span></span></a></li>`,
  )}</ul>`
}

/** The first letters of the first two words, or the first two of the only one. */
function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const [first = '?', second] = words
  const letters = second === undefined ? [...first].slice(0, 2) : [[...first][0], [...second][0]]
  return letters.join('').toUpperCase()
}

/** Of the name, so that a module looks the same to everybody, on every node. */
function hueOf(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 1_000_003, 7) % colours
}

/** On the way from the login to the module at which the person lands. */
export function landingPage({ t }: View, { name, address }: Tile): Page {
  return {
    title: t('home:landing', { name }),
    goesOnAt: address,
    body: html`<div class="card narrow">
<h1>${t('home:landing', { name })}</h1>
<p class="buttons"><a class="button primary" href="${address}">${t('modules:go_on.now')}</a> <a class="button" href="/home">${t('home:home')}</a></p>
</div>`,
  }
}

/** Who may do nothing there but look at an empty screen is not led there. */
function worksInConsole({ permissions }: LiveSession): boolean {
  return permissions.length > 0
}

export type ChangePasswordPage = {
  demands: PasswordDemands
  faults: readonly PasswordFault[]
  wrongCurrent?: string
  differ?: string
  refusal?: string
}

export function changePasswordPage(
  view: View,
  signedIn: SignedIn,
  { demands, faults, wrongCurrent, differ, refusal }: ChangePasswordPage,
): Page {
  const { t } = view
  return {
    title: t('home:change_password'),
    scripts: ['show-password.js', 'password-rules.js'],
    body: html`<div class="card">
<h1>${t('home:change_password')}</h1>
<form method="post" action="/change-password">
<input type="hidden" name="formToken" value="${signedIn.formToken}">
<label for="username">${t('common:username')}</label>
<input id="username" name="username" value="${signedIn.session.username}" autocomplete="username" readonly>
<label for="currentPassword">${t('home:current_password')}</label>
<div class="with-toggle">
<input id="currentPassword" name="currentPassword" type="password" autocomplete="current-password" required${wrongCurrent === undefined ? '' : html` aria-invalid="true" aria-describedby="wrong-current" autofocus`}>
<button type="button" class="toggle" data-shows="currentPassword" aria-pressed="false" hidden>${t('common:show_password')}<span class="spoken"> ${t('home:current_password')}</span></button>
</div>
${wrongCurrent === undefined ? '' : alert(wrongCurrent, 'wrong-current')}
${passwordFields(view, { demands, faults, differ })}
${refusal === undefined ? '' : alert(refusal)}
<p class="buttons"><button type="submit" class="primary">${t('home:change_password')}</button> <a class="button" href="/home">${t('common:cancel')}</a></p>
</form>
</div>`,
  }
}

/** @param chosen what was chosen in a form that came too late */
export function languagePage(view: View, signedIn: SignedIn, chosen?: string): Page {
  const { t, language, languages: offered } = view
  const checked = offered.find((each) => each === chosen) ?? language
  return {
    title: t('common:language'),
    body: html`<div class="card narrow">
<h1>${t('common:language')}</h1>
<form method="post" action="/change-language">
<input type="hidden" name="formToken" value="${signedIn.formToken}">
<fieldset>
<legend>${t('home:language_which')}</legend>
${offered.map(
  (
    code,
  ) => html`<label class="choice"><input type="radio" name="language" value="${code}"${code === checked ? html` checked` : ''}> <span lang="${code}">${languages[code].name}</span></label>
`,
)}</fieldset>
<p class="buttons"><button type="submit" class="primary">${t('common:save')}</button> <a class="button" href="/home">${t('common:cancel')}</a></p>
</form>
</div>`,
  }
}

/** What stands around every page of somebody who is logged in. */
export function signedInFrame(view: View, signedIn: SignedIn & { closesSoon: boolean }): Frame {
  return {
    menu: userMenu(view, signedIn),
    notice: sessionNotice(view, signedIn),
    scripts: ['menu.js', 'session-notice.js'],
  }
}

/** Opens without a script; a script closes it again. Source: ASVS 5.0, 7.4.4. */
function userMenu({ t }: View, { session, formToken }: SignedIn): Html {
  return html`<details class="menu">
<summary>${session.fullName}</summary>
<nav aria-label="${t('home:user_menu')}"><ul>
<li><a href="/home">${t('home:home')}</a></li>
${worksInConsole(session) ? html`<li><a href="/console">${t('home:console')}</a></li>` : ''}
<li><a href="/change-password">${t('home:change_password')}</a></li>
<li><a href="/security">${t('second-factor:mine.title')}</a></li>
<li><a href="/change-language">${t('common:language')}</a></li>
<li><form method="post" action="/log-out"><input type="hidden" name="formToken" value="${formToken}"><button type="submit">${t('home:log_out')}</button></form></li>
</ul></nav>
</details>`
}

/** What public/session-notice.js needs: the value that binds its requests, and the places to warn of the session's end and to say how it ended. */
function sessionNotice({ t, language }: View, { session, closesSoon, formToken }: SignedIn & { closesSoon: boolean }): Html {
  const { closesAt, timeZone } = session
  const closing =
    closesSoon && closesAt !== null
      ? html`<noscript><p class="note" role="alert">${t('home:warning.hours_at', { moment: formatMoment(closesAt, language, timeZone) })}</p></noscript>`
      : ''
  return html`${closing}<section class="card" id="session-warning" data-form-token="${formToken}" data-channel="${assetUrl('live-channel.js')}" aria-label="${t('home:warning.title')}" hidden>
<div role="alert"><p class="note" data-kind="idle" hidden>${t('home:warning.idle')}</p><p class="note" data-kind="longest" hidden>${t('home:warning.longest')}</p><p class="note" data-kind="hours" hidden>${t('home:warning.hours')}</p></div>
<p>${t('home:warning.left')} <strong data-left></strong></p>
<p data-kind="idle" hidden><button type="button" class="primary">${t('home:warning.stay')}</button></p>
</section>
<section class="card" id="session-ended" aria-label="${t('console:session_ended')}" role="alert" hidden>
<p class="alert">${t('home:session_ended')}</p>
<div class="buttons"><a class="button primary" href="/login">${t('sign-in:log_in')}</a>
<form method="post" action="/not-me" hidden><input type="hidden" name="formToken"><button type="submit">${t('common:not_me')}</button></form></div>
</section>`
}
