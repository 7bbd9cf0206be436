import { html, type Page, type View } from '../../platform/page.ts'

/** Why somebody does not get into a module behind a proxy. */
export const troubles = { refused: 403, expired: 400, cookie: 400, loop: 400 } as const
export type Trouble = keyof typeof troubles

/** On the instance's own host: the module's has none of our styles. */
export function troublePage({ t }: View, why: Trouble, module: { name: string; address: string } | undefined): Page {
  const values = { module: module?.name ?? t('modules:forward.a_module') }
  return {
    title: t(`modules:forward.${why}.title`, values),
    body: html`<div class="card narrow">
<h1>${t(`modules:forward.${why}.title`, values)}</h1>
<p role="alert" class="alert">${t(`modules:forward.${why}.next`, values)}</p>
<p>${module === undefined || why === 'refused' ? '' : html`<a class="button primary" href="${module.address}">${t('modules:forward.open_again', values)}</a> `}<a class="button" href="/home">${t('home:home')}</a></p>
</div>`,
  }
}

/** For who asked a module that is not for them, where a proxy shows what it is answered: leads to the page above. */
export function refusedAtModule({ t, language }: View, address: string): string {
  return String(html`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${t('modules:refused.access_denied.title')}</title><meta http-equiv="refresh" content="0;url=${address}"></head>
<body><p><a href="${address}">${t('modules:refused.access_denied.title')}</a></p></body>
</html>
`)
}
