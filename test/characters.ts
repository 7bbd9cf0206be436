// Texts that people and programs have tripped over, among all the rest of Unicode.
import fc from 'fast-check'

export const notorious = [
  '\0',
  '\u001a',
  '\r',
  '\u0085',
  '\u200b',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\ufffd',
  '\ufffe',
  '\uffff',
  '_x000D_',
  '\u{1f600}',
  '"',
  '=',
  "'",
]

/** Any text, of pieces so long; half a character stands in some. */
export const anyText = (longestPiece: number) =>
  fc
    .array(
      fc.oneof(fc.string({ unit: 'binary', maxLength: longestPiece }), fc.constantFrom(...notorious), fc.constant('\ud83d')),
      { maxLength: 6 },
    )
    .map((pieces) => pieces.join(''))
