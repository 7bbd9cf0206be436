import type { Room } from './mutant.ts'

const room = 'server/administration/sheets'
const packages = [`${room}/packages.test.ts`]
const characters = [`${room}/characters.test.ts`]

export const sheets: Room = {
  tests: [`${room}/sheets.test.ts`],
  mutants: [
    {
      breaks: 'A cell is no formula when somebody opens the export.',
      file: `${room}/formula.ts`,
      find: "return risky.test(text) ? `'${text}` : text",
      replace: 'return text',
    },
    {
      breaks: 'A bomb is told by what it unpacks to.',
      file: `${room}/package.ts`,
      find: '        if (sum(unpacked.values()) > sheetLimits.unpackedBytes) throw bomb()\n',
      replace: '',
    },
    {
      breaks: 'A part that is there twice is no part.',
      file: `${room}/package.ts`,
      find: 'if (entry === undefined || twice.has(name)) throw',
      replace: 'if (entry === undefined) throw',
      tests: [...packages, `${room}/sheets.test.ts`],
    },
    {
      breaks: 'Names of parts are the same in any case.',
      file: `${room}/package.ts`,
      find: "replace(/^\\/+/, '').toLowerCase()",
      replace: "replace(/^\\/+/, '')",
      tests: packages,
    },
    {
      breaks: 'A hidden sheet is not read.',
      file: `${room}/choose-sheet.ts`,
      find: 'if (sheet.isSeen && (await holdsSomething(sheet)))',
      replace: 'if (await holdsSomething(sheet))',
      tests: packages,
    },
    {
      breaks: 'Of several sheets the one that opens is read.',
      file: `${room}/choose-sheet.ts`,
      find: 'each === sheets[active] :',
      replace: 'each === sheets[0] :',
      tests: packages,
    },
    {
      breaks: 'A merged cell holds for each of its rows.',
      file: `${room}/merged-cells.ts`,
      find: "if (place.toRow > row && cell !== '') open.set(",
      replace: 'if (false) open.set(',
      tests: packages,
    },
    {
      breaks: 'A formula is never taken for its value.',
      file: `${room}/read-sheet-xml.ts`,
      find: "    if (formula !== undefined) return { fault: 'formula', text: storable(cutText(`=${formula}`, 50)) }\n",
      replace: '',
      tests: [`${room}/sheets.test.ts`, ...packages],
    },
    {
      breaks: 'A row that is hidden says so.',
      file: `${room}/read-sheet-xml.ts`,
      find: "return hidden === '1' || hidden === 'true' ||",
      replace: 'return false ||',
      tests: packages,
    },
    {
      breaks: 'A row of an ODS that is hidden says so.',
      file: `${room}/read-table.ts`,
      find: "attributes.visibility === 'filter' || attributes",
      replace: 'attributes',
      tests: packages,
    },
    {
      breaks: 'Numbers keep the form that somebody gave them.',
      file: `${room}/number-formats.ts`,
      find: 'textCell(SSF.format(format, value))',
      replace: 'textCell(String(value))',
    },
    {
      breaks: 'A mark wins over every guess of the encoding.',
      file: `${room}/encodings.ts`,
      find: "  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'\n",
      replace: '',
      tests: [`${room}/sheets.test.ts`, ...characters],
    },
    {
      breaks: 'One broken byte does not spread over a text in UTF-8.',
      file: `${room}/encodings.ts`,
      find: "if (broken === 0 || whole > broken) return 'utf-8'",
      replace: "if (broken === 0) return 'utf-8'",
      tests: [`${room}/sheets.test.ts`, ...characters],
    },
    {
      breaks: 'What a database cannot hold is a fault of its cell.',
      file: `${room}/cells.ts`,
      find: "return isDamaged(trimmed) ? { fault: 'damaged',",
      replace: "return false ? { fault: 'damaged',",
      tests: characters,
    },
    {
      breaks: 'A file has so many columns and no more.',
      file: `${room}/cells.ts`,
      find: '      if (last >= sheetLimits.columns)\n',
      replace: '      if (false)\n',
    },
    {
      breaks: 'A file has so many rows and no more.',
      file: `${room}/cells.ts`,
      find: '      if (count >= sheetLimits.rows) throw tooManyRows()\n',
      replace: '',
    },
    {
      breaks: 'A web page is told what it is.',
      file: `${room}/read-text.ts`,
      find: "throw new SheetFault('sheet_is_page', 'This is a web page (HTML), whatever it is called.')",
      replace: 'void 0',
      tests: [...packages, `${room}/sheets.test.ts`, 'server/administration/imports/inputs.test.ts'],
    },
    {
      breaks: 'An export that cannot be finished is an incomplete answer.',
      file: `${room}/zip.ts`,
      find: 'return pipeline(content, createDeflateRaw(), () => {})',
      replace: 'return pipeline((async function* () { try { yield* content } catch {} })(), createDeflateRaw(), () => {})',
      tests: characters,
    },
    {
      breaks: 'Who reads files may do nothing else.',
      file: `${room}/read-sheet.ts`,
      find: "      '--permission',\n",
      replace: '',
    },
  ],
}
