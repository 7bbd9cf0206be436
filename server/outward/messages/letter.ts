// How a message looks in HTML: text in one narrow column. No table, no image, no link but to the instance, nothing fetched.
// It names no colour, so that light and dark mail programs both show it in theirs.
import { type Html, html } from '../../platform/page.ts'

/** The whole HTML part. */
export function letter(language: string, subject: string, body: Html): string {
  return String(html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${subject}</title>
</head>
<body style="margin:0;padding:24px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:520px;margin:0 auto">
${body}
</div>
</body>
</html>
`)
}

/** One thing that the person needs: its name, and below it what it is. */
export function fact(name: string, value: string | Html): Html {
  return html`<p style="margin:0 0 12px"><span style="font-size:14px">${name}</span><br><strong>${value}</strong></p>`
}

/** One line of what to do. */
export function step(text: string): Html {
  return html`<li style="margin:0 0 8px">${text}</li>`
}
