// Which encoding a text has. No program says so when it writes a CSV file, so it is found out, told, and can be chosen.
// Source: WHATWG Encoding (a mark wins; U+FFFD for what is no character); Unicode consortium, CP850.

/** Code page 850, which Excel calls "CSV (MS-DOS)" in most of Europe and Latin America; no decoder of the web knows it. */
const codePage850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0'

/** Those that people choose among, by their names in the WHATWG's list, and `ibm850`. */
export const encodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'ibm850',
  'macintosh',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
] as const
export type Encoding = (typeof encodings)[number]

/** The letters of languages, by the encodings that a text without marks is tried in; the first is the usual one. */
const letters: readonly [Encoding, string][] = [
  ['windows-1252', 'áéíóúàèìòùâêîôûäëïöüãõñçåæøœßýÿªº'],
  ['ibm850', 'áéíóúàèìòùâêîôûäëïöüãõñçåæøßýÿªº'],
  ['macintosh', 'áéíóúàèìòùâêîôûäëïöüãõñçåæøœßÿªº'],
  ['windows-1250', 'ąćęłńóśźżáčďéěíňřšťúůýžäöüßőűăâîşţľĺŕô'],
]
const sampleBytes = 256 * 1024

export function decodeText(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding !== 'ibm850') return new TextDecoder(encoding).decode(bytes)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  return text.replace(/[\u0080-\u00ff]/g, (high) => codePage850[high.charCodeAt(0) - 0x80]!)
}

/** UTF-8 stays UTF-8 when a mark or most of its characters say so, whatever single bytes have been damaged. */
export function findEncoding(bytes: Uint8Array): Encoding {
  const [first, second, third] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  const wide = wideEncoding(bytes.subarray(0, sampleBytes))
  if (wide !== undefined) return wide
  const { whole, broken } = sequencesOf(bytes)
  if (broken === 0 || whole > broken) return 'utf-8'
  const scores = letters.map(([encoding, known]) => scoreOf(decodeText(bytes.subarray(0, sampleBytes), encoding), known))
  return letters[scores.indexOf(Math.max(...scores))]![0]
}

/** UTF-16 without a mark: every other byte of most texts is zero. */
function wideEncoding(bytes: Uint8Array): Encoding | undefined {
  const zeros = [0, 0]
  for (const [index, byte] of bytes.entries()) if (byte === 0) zeros[index % 2]! += 1
  const [even, odd] = zeros as [number, number]
  if (odd > bytes.length * 0.3 && even < odd / 10) return 'utf-16le'
  return even > bytes.length * 0.3 && odd < even / 10 ? 'utf-16be' : undefined
}

/** How many characters of more than one byte there are in UTF-8, and how many that are broken. */
function sequencesOf(bytes: Uint8Array): { whole: number; broken: number } {
  let whole = 0
  let broken = 0
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at]!
    const more =
      byte < 0x80 ? 0 : byte >= 0xc2 && byte < 0xe0 ? 1 : byte >= 0xe0 && byte < 0xf0 ? 2 : byte >= 0xf0 && byte < 0xf5 ? 3 : -1
    let length = 1
    while (length <= more && ((bytes[at + length] ?? 0) & 0xc0) === 0x80) length += 1
    if (more === -1 || length <= more) broken += 1
    else if (more > 0) whole += 1
    at += length
  }
  return { whole, broken }
}

/** How much a text looks like words: letters of the language count for it, signs and capitals inside of words against it. */
function scoreOf(text: string, known: string): number {
  let score = 0
  for (const { 0: high, index } of text.matchAll(/[\u0080-\uffff]/g)) {
    const small = high.toLowerCase()
    const isCapital = high !== small
    const afterSmall = /\p{Ll}/u.test(text[index - 1] ?? '')
    score += known.includes(small) && !(isCapital && afterSmall) ? 1 : -1
  }
  return score
}
