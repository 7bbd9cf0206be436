import { assetUrl } from '../../platform/assets.ts'
import { type Html, html, type View } from '../../platform/page.ts'
import type { ConsoleFiles } from './console-files.ts'

type ConsolePage = {
  files: ConsoleFiles
  nonce: string
  /** The first part of the screen's address. */
  screen: string
  /** What the screen asks for first. */
  asked: readonly string[]
  /** Who is logged in, as `GET /api/session` says, so that the console need not ask. */
  session: object
}

/**
 * The page that the console draws itself into. It shows at once where things will be, and asks for all scripts of the screen together.
 * Who has no scripts is told what works without them.
 */
export function consolePage({ t, language, instanceName }: View, { files, nonce, screen, asked, session }: ConsolePage): Html {
  const file = (name: string) => `/assets/console/${name}`
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="style-nonce" content="${nonce}">
<meta name="instance" content="${instanceName}">
<meta name="session" content="${JSON.stringify(session)}">
<title>${t('console:title')} · ${instanceName}</title>
<link rel="icon" href="${assetUrl('gatehouse.svg')}">
<link rel="stylesheet" href="${assetUrl('palette.css')}">
<link rel="stylesheet" href="${assetUrl('frame.css')}">
${files.styles.map((name) => html`<link rel="stylesheet" href="${file(name)}">`)}
<script type="module" src="${file(files.script)}"></script>
${files.scriptsOf(screen, language).map((name) => html`<link rel="modulepreload" href="${file(name)}">`)}
${asked.map((url) => html`<link rel="preload" as="fetch" crossorigin href="${url}">`)}
</head>
<body>
<div id="console">${skeleton(instanceName)}</div>
<noscript><p>${t('console:needs_scripts')} <a href="/home">${t('home:home')}</a></p></noscript>
</body>
</html>
`
}

/** Where the console will draw things, for the time until it does. Says nothing that anybody would have to hear. */
function skeleton(instanceName: string | undefined): Html {
  return html`<header class="top"><p class="instance"><span><img src="${assetUrl('gatehouse.svg')}" alt="" width="28" height="28"> ${instanceName}</span></p></header>
<div class="frame-nav" aria-hidden="true">${Array.from({ length: 8 }, () => html`<span class="bone"></span>`)}</div>
<main class="frame-main" aria-busy="true"><span class="bone title"></span><span class="bone row"></span><span class="bone table"></span></main>`
}
