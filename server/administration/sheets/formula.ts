// Spreadsheets take a cell that begins with one of these for a formula, also in a CSV file, and a formula can send data away.
// An apostrophe before it makes it text. Blanks before it are no guard: who opens the file may have them left out. Source: ASVS 5.0, 1.2.10; OWASP, CSV Injection.

const risky = /^['\s]*[=+\-@\t\r\n＝＋－＠]/u
const guarded = /^'['\s]*[=+\-@\t\r\n＝＋－＠]/u

/** The text as a spreadsheet shows it, and never runs it. */
export function withGuard(text: string): string {
  return risky.test(text) ? `'${text}` : text
}

/** The text of before; whatever `withGuard` gives comes back as it was. */
export function withoutGuard(text: string): string {
  return guarded.test(text) ? text.slice(1) : text
}
