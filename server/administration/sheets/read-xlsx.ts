// XLSX: bytes to rows. Parts are found by their relationships, whatever they are called. Formulas are never computed.
// Source: ISO/IEC 29500-1, 18 (SpreadsheetML), and 29500-2, 6.5 (relationships).
import { posix } from 'node:path'
import { bomb, type Cell, SheetFault, type SheetOutput, sheetLimits, textCell } from './cells.ts'
import { chooseSheet } from './choose-sheet.ts'
import { readMerged } from './merged-cells.ts'
import { numberFormats } from './number-formats.ts'
import { damaged, type Package } from './package.ts'
import { readSheetXml, sheetHoldsSomething, withoutEscapes } from './read-sheet-xml.ts'
import { readXml } from './xml.ts'

/** Where it is looked for when nothing names it. */
const usualWorkbook = 'xl/workbook.xml'

type Relationship = { id: string; type: string; target: string }
type ListedSheet = { name: string; state: string; id: string }

/** The main part of a package, when its relationships name one. @throws SheetFault */
export async function findWorkbook(pack: Package): Promise<string | undefined> {
  const main = (await relationshipsOf(pack, '')).find(({ type }) => type === 'officeDocument')
  return main?.target ?? (pack.has(usualWorkbook) ? usualWorkbook : undefined)
}

/**
 * Reads one sheet of a workbook.
 * @returns how many rows hold something
 * @throws SheetFault
 */
export async function readXlsx(pack: Package, main: string, wanted: string | undefined, output: SheetOutput): Promise<number> {
  const relationships = await relationshipsOf(pack, main)
  const { sheets, active, date1904 } = await readWorkbook(pack, main)
  const parts = sheets.map(({ name, state, id }) => {
    const part = relationships.find((each) => each.id === id && each.type === 'worksheet')?.target
    return { name, part, isSeen: state === 'visible' && part !== undefined }
  })
  const chosen = await chooseSheet(parts, active, wanted, ({ part }) => sheetHoldsSomething(pack.part(part!)))
  output.origin({ ...chosen.origin, encoding: null })
  const partOf = (type: string) => relationships.find((each) => each.type === type)?.target
  const styles = partOf('styles')
  const strings = partOf('sharedStrings')
  return readSheetXml(pack.part(chosen.sheet.part!), output, {
    strings: strings === undefined || !pack.has(strings) ? [] : await readStrings(pack, strings),
    formats: await numberFormats(styles === undefined || !pack.has(styles) ? undefined : pack.part(styles), date1904),
    merged: await readMerged(pack.part(chosen.sheet.part!)),
  })
}

/** Of a part, or of the package itself; those that lead out of it are left out. */
async function relationshipsOf(pack: Package, part: string): Promise<Relationship[]> {
  const folder = posix.dirname(part)
  const path = posix.join(folder, '_rels', `${posix.basename(part)}.rels`)
  const found: Relationship[] = []
  if (!pack.has(path)) return found
  await readXml(pack.part(path), {
    open(name, { Id, Type, Target, TargetMode }) {
      if (name !== 'Relationship' || Id === undefined || Target === undefined || TargetMode === 'External') return
      const target = Target.replaceAll('\\', '/')
      // The same relationship has one address in the transitional and another in the strict form of the standard.
      const type = Type?.slice(Type.lastIndexOf('/') + 1) ?? ''
      found.push({ id: Id, type, target: target.startsWith('/') ? target.slice(1) : posix.join(folder, decoded(target)) })
    },
  })
  return found
}

function decoded(target: string): string {
  try {
    return decodeURIComponent(target)
  } catch {
    return target
  }
}

async function readWorkbook(pack: Package, main: string): Promise<{ sheets: ListedSheet[]; active: number; date1904: boolean }> {
  if (/\.bin$/i.test(main)) throw new SheetFault('sheet_format_unknown', 'This is a binary workbook (XLSB).')
  const sheets: ListedSheet[] = []
  let root: string | undefined
  let active = 0
  let date1904 = false
  await readXml(pack.part(main), {
    open(name, attributes) {
      root ??= name
      if (name === 'sheet')
        sheets.push({ name: attributes.name ?? '', state: attributes.state ?? 'visible', id: attributes.id ?? '' })
      if (name === 'workbookPr') date1904 = ['1', 'true'].includes(attributes.date1904 ?? '')
      if (name === 'workbookView') active = Number(attributes.activeTab ?? 0)
    },
  })
  if (root !== 'workbook') throw new SheetFault('sheet_format_unknown', 'The file is a document, and no spreadsheet.')
  if (sheets.length === 0) throw damaged(new Error('it names no sheet'))
  return { sheets, active, date1904 }
}

/** The texts that cells point to. What is too long for a cell is not kept. */
async function readStrings(pack: Package, part: string): Promise<Cell[]> {
  const strings: Cell[] = []
  let kept = 0
  let text = ''
  let takes = false
  let inPhonetic = false
  await readXml(pack.part(part), {
    open(name) {
      if (name === 'si') text = ''
      if (name === 'rPh') inPhonetic = true
      takes = name === 't' && !inPhonetic
    },
    text(piece) {
      if (takes) text += piece
    },
    close(name) {
      takes = false
      if (name === 'rPh') inPhonetic = false
      if (name !== 'si') return
      const cell = textCell(withoutEscapes(text))
      strings.push(cell)
      kept += 48 + 2 * (typeof cell === 'string' ? cell : cell.text).length
      if (kept > sheetLimits.keptBytes) throw bomb()
    },
  })
  return strings
}
