// ODS: bytes to rows. Only the document and the manifest have to be there. Formulas are never computed.
// Source: OASIS ODF 1.3, part 2 (packages) and part 3, 9 (tables).
import { SheetFault, type SheetOutput } from './cells.ts'
import { chooseSheet } from './choose-sheet.ts'
import { isProtected, type Package } from './package.ts'
import { readTable } from './read-table.ts'
import { readXml } from './xml.ts'

const document = 'content.xml'
const manifest = 'META-INF/manifest.xml'
const settings = 'settings.xml'

type ListedTable = { name: string; isSeen: boolean; holdsSomething: boolean }

export function isOpenDocument(pack: Package): boolean {
  return pack.has(document)
}

/**
 * Reads one sheet of a document.
 * @returns how many rows hold something
 * @throws SheetFault
 */
export async function readOds(pack: Package, wanted: string | undefined, output: SheetOutput): Promise<number> {
  if (pack.has(manifest))
    await readXml(pack.part(manifest), {
      open(name) {
        if (name === 'encryption-data') throw isProtected()
      },
    })
  const { tables, isDateStyle } = await listTables(pack)
  const opened = await openedTable(pack)
  const active = tables.findIndex(({ name }) => name === opened)
  const { sheet, origin } = await chooseSheet(tables, active, wanted, async ({ holdsSomething }) => holdsSomething)
  output.origin({ ...origin, encoding: null })
  return readTable(pack.part(document), tables.indexOf(sheet), isDateStyle, output)
}

/** The tables, and by what styles a number in one is a day. */
async function listTables(pack: Package): Promise<{ tables: ListedTable[]; isDateStyle: (name: string) => boolean }> {
  const dateStyles = new Set<string>()
  const dataStyles = new Map<string, string>()
  const hidden = new Set<string>()
  const tables: ListedTable[] = []
  const above: string[] = []
  let style = ''
  let isSpreadsheet = false
  await readXml(pack.part(document), {
    open(name, attributes) {
      if (name === 'style') {
        style = attributes.name ?? ''
        if (attributes['data-style-name'] !== undefined) dataStyles.set(style, attributes['data-style-name'])
      }
      if (name === 'date-style') dateStyles.add(attributes.name ?? '')
      if (name === 'table-properties' && attributes.display === 'false') hidden.add(style)
      if (name === 'spreadsheet') isSpreadsheet = true
      if (name === 'table' && above.at(-1) === 'spreadsheet')
        tables.push({ name: attributes.name ?? '', isSeen: !hidden.has(attributes['style-name'] ?? ''), holdsSomething: false })
      if (name === 'table-cell' && (attributes['value-type'] !== undefined || attributes.formula !== undefined)) found()
      above.push(name)
    },
    close() {
      above.pop()
    },
    text(text) {
      if (above.at(-1) !== 'table-cell' && above.includes('table-cell') && text.trim() !== '') found()
    },
  })
  if (!isSpreadsheet) throw new SheetFault('sheet_format_unknown', 'The file is a document, and no spreadsheet.')
  return { tables, isDateStyle: (name) => dateStyles.has(dataStyles.get(name) ?? '') }

  function found(): void {
    const table = tables.at(-1)
    if (table !== undefined && above.includes('spreadsheet')) table.holdsSomething = true
  }
}

/** The table that is seen when the document is opened, when it says so. */
async function openedTable(pack: Package): Promise<string | undefined> {
  if (!pack.has(settings)) return undefined
  let takes = false
  let name = ''
  await readXml(pack.part(settings), {
    open(element, attributes) {
      takes = element === 'config-item' && attributes.name === 'ActiveTable'
    },
    text(text) {
      if (takes) name += text
    },
    close() {
      takes = false
    },
  })
  return name
}
