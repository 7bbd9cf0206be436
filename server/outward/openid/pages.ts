// The pages between a module and a person.
import { alert, html, type Page, type View } from '../../platform/page.ts'

/** Says why a module's request cannot go on. Nothing of the request stands here: it may come from anybody. */
export function refusedPage({ t }: View, { error, reference }: { error: string; reference: string }): Page {
  const known = ['access_denied', 'expired', 'server_error'].find((each) => each === error) ?? 'invalid'
  return {
    title: t(`modules:refused.${known}.title`),
    body: html`<div class="card">
<h1>${t(`modules:refused.${known}.title`)}</h1>
${alert(t(`modules:refused.${known}.next`))}
<p><a class="button" href="/">${t('common:to_start')}</a></p>
<p class="fine">${t('problems:request_id', { id: reference })}</p>
</div>`,
  }
}

/** Asks whether to log out, where a module wants it and it is not certain that the person does. */
export function confirmLogoutPage(
  { t }: View,
  { formToken, module, fields }: { formToken: string; module: string | undefined; fields: Record<string, string> },
): Page {
  return {
    title: t('modules:logout.title'),
    body: html`<div class="card narrow">
<h1>${t('modules:logout.title')}</h1>
<p>${module === undefined ? t('modules:logout.asked') : t('modules:logout.asked_by', { module })}</p>
<form method="post" action="/oidc/logout/confirm">
<input type="hidden" name="formToken" value="${formToken}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<p class="buttons"><button type="submit" class="primary">${t('home:log_out')}</button> <a class="button" href="/home">${t('modules:logout.stay')}</a></p>
</form>
</div>`,
  }
}

/** Asks for the code that a device shows. */
export function enterCodePage(
  { t }: View,
  { formToken, userCode, wrong }: { formToken: string; userCode?: string; wrong: boolean },
): Page {
  return {
    title: t('modules:device.title'),
    body: html`<div class="card narrow">
<h1>${t('modules:device.title')}</h1>
${wrong ? alert(t('modules:device.wrong')) : html`<p>${t('modules:device.enter')}</p>`}
<form method="post" action="/oidc/device">
<input type="hidden" name="formToken" value="${formToken}">
<label for="user_code">${t('modules:device.code')}</label>
<input id="user_code" name="user_code" value="${userCode ?? ''}" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="20">
<p class="buttons"><button type="submit" class="primary">${t('modules:device.go_on')}</button> <a class="button" href="/home">${t('common:cancel')}</a></p>
</form>
</div>`,
  }
}

/** Shows whom the device would sign in, and asks whether it is in front of the person. */
export function confirmCodePage(
  { t }: View,
  { formToken, module, userCode, person }: { formToken: string; module: string; userCode: string; person: string },
): Page {
  return {
    title: t('modules:device.title'),
    body: html`<div class="card narrow">
<h1>${t('modules:device.confirm_title', { module })}</h1>
<p>${t('modules:device.confirm', { person, code: userCode })}</p>
<form method="post" action="/oidc/device">
<input type="hidden" name="formToken" value="${formToken}">
<input type="hidden" name="user_code" value="${userCode}">
<p class="buttons"><button type="submit" name="confirm" value="yes" class="primary">${t('modules:device.sign_in')}</button> <button type="submit" name="abort" value="yes">${t('modules:device.not_mine')}</button></p>
</form>
</div>`,
  }
}

export function codeTakenPage({ t }: View): Page {
  return {
    title: t('modules:device.done_title'),
    body: html`<div class="card narrow">
<h1>${t('modules:device.done_title')}</h1>
<p role="status">${t('modules:device.done')}</p>
<p><a class="button" href="/home">${t('home:home')}</a></p>
</div>`,
  }
}

/** On the way back to a module, after a login: a form may lead to no other site, and a page may. */
export function goOnPage({ t }: View, address: string): Page {
  return {
    title: t('modules:go_on.title'),
    goesOnAt: address,
    body: html`<div class="card narrow">
<h1>${t('modules:go_on.title')}</h1>
<p><a class="button primary" href="${address}">${t('modules:go_on.now')}</a></p>
</div>`,
  }
}
