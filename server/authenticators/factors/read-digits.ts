/** Digits as people type them: in any script, with spaces or dashes between them. Other characters stay, and make it wrong. */
export function readDigits(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}]/gu, '')
    .replace(/\p{Nd}/gu, (digit) => String(decimalOf(digit)))
}

/** The decimal digits of every script stand in runs of ten that begin with its zero. */
function decimalOf(digit: string): number {
  const code = digit.codePointAt(0)!
  let zero = code
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1
  return (code - zero) % 10
}
