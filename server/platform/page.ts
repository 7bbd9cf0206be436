// Pages: rendered on the server, complete without scripts. Whatever is put into the template is escaped.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { html as template } from 'hono/html'
import { type Language, languages } from '../../contracts/languages.ts'
import { assetUrl } from './assets.ts'
import type { Translate } from './text.ts'
import { version } from './version.ts'

/** A piece of a page. Strings put into it are escaped; other pieces are not escaped again. */
export type Html = ReturnType<typeof template>
export const html: (strings: TemplateStringsArray, ...values: unknown[]) => Html = template

/** What every page of one request knows; the features fill it in as they learn it. */
export type View = {
  language: Language
  /** The languages that people can choose here. */
  languages: readonly Language[]
  t: Translate
  /** The instance's name; undefined while no instance is known. */
  instanceName: string | undefined
  /** What every page of somebody who is logged in has, problems too; undefined for everybody else. */
  frame?: () => Frame
}

export type Frame = {
  menu: Html
  /** Stands above the page. */
  notice: Html
  scripts: string[]
}

declare module 'fastify' {
  interface FastifyRequest {
    view: View
  }
}

export type Page = {
  title: string
  body: Html
  /** Names of files in public/, each of which only adds comfort. */
  scripts?: string[]
  /** Names of files in public/, for what only this page has. */
  styles?: string[]
  /** Where every browser goes on by itself at once. */
  goesOnAt?: string
  /** Where a browser without scripts goes by itself once in a while, to show that the page is still open. */
  aliveAt?: string
  /** Where a browser without scripts goes by itself, and after how many seconds: to see whether something has happened. */
  refresh?: { seconds: number; at: string }
  /** Whether to offer the choice of a language to somebody who is not logged in, and the page to come back to. */
  languageChoice?: { back: string }
}

/** Sends a page. */
export function sendPage(request: FastifyRequest, reply: FastifyReply, status: number, page: Page): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(renderPage(request.view, page))
}

/** The text of a page, for what is not answered by Fastify. */
export function renderPage(view: View, page: Page): string {
  return String(render(view, page))
}

/** A lease is 90 s at the least. */
const secondsBetweenSigns = 40

function render(
  { language, languages: offered, t, instanceName, frame: makeFrame }: View,
  { title, body, scripts = [], styles = [], aliveAt, goesOnAt, refresh, languageChoice }: Page,
): Html {
  const frame = makeFrame?.()
  const logo = html`<img src="${assetUrl('gatehouse.svg')}" alt="" width="28" height="28">`
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${instanceName === undefined ? title : `${title} · ${instanceName}`}</title>
${goesOnAt === undefined ? '' : html`<meta http-equiv="refresh" content="0;url=${goesOnAt}">`}
${aliveAt === undefined ? '' : html`<noscript><meta http-equiv="refresh" content="${secondsBetweenSigns};url=${aliveAt}"></noscript>`}
${refresh === undefined ? '' : html`<noscript><meta http-equiv="refresh" content="${refresh.seconds};url=${refresh.at}"></noscript>`}
<link rel="icon" href="${assetUrl('gatehouse.svg')}">
<link rel="stylesheet" href="${assetUrl('palette.css')}">
<link rel="stylesheet" href="${assetUrl('gatehouse.css')}">
<link rel="stylesheet" href="${assetUrl('frame.css')}">
${styles.map((name) => html`<link rel="stylesheet" href="${assetUrl(name)}">`)}
${['connection.js', ...(frame?.scripts ?? []), ...scripts].map((name) => html`<script type="module" src="${assetUrl(name)}"></script>`)}
</head>
<body>
<header class="top">
<p class="instance">${instanceName === undefined ? html`<span>${logo} Gatehouse</span>` : html`<a href="/">${logo} ${instanceName}</a>`}</p>
${frame?.menu ?? ''}
</header>
<main>
<div id="connection" class="alert" role="alert" hidden><p>${t('common:no_connection')}</p></div>
${frame?.notice ?? ''}
${body}
</main>
<footer>
${languageChoice && offered.length > 1 ? languageLinks(t, language, offered, languageChoice.back) : ''}
<p>Gatehouse ${version}</p>
</footer>
</body>
</html>
`
}

function languageLinks(t: Translate, current: Language, offered: readonly Language[], back: string): Html {
  return html`<nav aria-label="${t('common:language')}"><ul class="languages">
${offered.map((code) =>
  code === current
    ? html`<li><span aria-current="true" lang="${code}">${languages[code].name}</span></li>`
    : html`<li><a href="/language?choose=${code}&amp;back=${encodeURIComponent(back)}" lang="${code}" hreflang="${code}">${languages[code].name}</a></li>`,
)}
</ul></nav>`
}

/** A message that a screen reader announces when the page opens, such as why a form was refused. */
export function alert(text: string, id = 'alert'): Html {
  return html`<p class="alert" role="alert" id="${id}">${text}</p>`
}

/** A link back that cannot lead to another site: a path of this one, or `otherwise`. Source: ASVS 5.0, 3.7.2. */
export function localPath(text: unknown, otherwise: string): string {
  if (typeof text !== 'string' || text.length > 2000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(text) || text.includes('\\'))
    return otherwise
  const base = 'http://gatehouse.invalid'
  if (!URL.canParse(text, base)) return otherwise
  const { origin, pathname, search } = new URL(text, base)
  // Resolving the dots of "/..//evil.example" leaves a path that a browser takes for a host.
  return origin === base && !pathname.startsWith('//') ? pathname + search : otherwise
}
