import { assetUrl } from '../../platform/assets.ts'
import { type Html, html, type View } from '../../platform/page.ts'
import type { ConsoleFiles } from './console-files.ts'

/** The page that the console draws itself into. Who has no scripts is told what works without them. */
export function consolePage({ t, language, instanceName }: View, { script, styles }: ConsoleFiles, nonce: string): Html {
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="style-nonce" content="${nonce}">
<meta name="instance" content="${instanceName}">
<title>${t('console:title')} · ${instanceName}</title>
<link rel="icon" href="${assetUrl('gatehouse.svg')}">
${styles.map((name) => html`<link rel="stylesheet" href="/assets/console/${name}">`)}
<link rel="stylesheet" href="${assetUrl('palette.css')}">
<script type="module" src="/assets/console/${script}"></script>
</head>
<body>
<div id="console"></div>
<noscript><p>${t('console:needs_scripts')} <a href="/home">${t('home:home')}</a></p></noscript>
</body>
</html>
`
}
