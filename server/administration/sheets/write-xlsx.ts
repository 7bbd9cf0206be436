// An XLSX file as it is written: one sheet, every cell of it text, so that none is a formula, whatever it begins with.
// Source: ISO/IEC 29500-1, 18.3 and 22.9.2.19 (ST_Xstring).
import { Readable } from 'node:stream'
import { cutText } from './cells.ts'
import { zip } from './zip.ts'

/** Of one cell. Spreadsheets call a file with a longer one damaged. */
const mostCharacters = 32_767
/** Rows that the widths of columns are told by. */
const sampleRows = 100
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageTypes = 'http://schemas.openxmlformats.org/package/2006'
const ofSheets = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Everything but the rows. Style 1 is text, also for what somebody writes into such a cell later. */
const parts: Record<string, string> = {
  '[Content_Types].xml': `<Types xmlns="${packageTypes}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${ofSheets}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${ofSheets}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${ofSheets}.styles+xml"/></Types>`,
  '_rels/.rels': `<Relationships xmlns="${packageTypes}/relationships"><Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relationships}"><sheets><sheet name="Gatehouse" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packageTypes}/relationships"><Relationship Id="rId1" Type="${relationships}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${relationships}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `<styleSheet xmlns="${main}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" numFmtId="49" applyNumberFormat="1"/></cellXfs></styleSheet>`,
}

/** Writes while it is read. When the rows cannot be had, the stream fails: nobody takes a part of a file for the whole. */
export function writeXlsx(rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>): Readable {
  const entries = Object.entries(parts).map(([name, xml]) => [name, [declaration + xml]] as const)
  return Readable.from(zip([...entries, ['xl/worksheets/sheet1.xml', sheetXml(rows)]]), { objectMode: false })
}

async function* sheetXml(rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  let first: (readonly string[])[] | undefined = []
  let number = 0
  let xml = ''
  const line = (row: readonly string[]) => {
    number += 1
    return `<row r="${number}">${row.map((value, column) => cellXml(value, `${columnName(column)}${number}`)).join('')}</row>`
  }
  for await (const row of rows) {
    if (first !== undefined) {
      first.push(row)
      if (first.length < sampleRows) continue
      xml = `${beginning(first)}${first.map(line).join('')}`
      first = undefined
    } else xml += line(row)
    if (xml.length < 16_000) continue
    yield xml
    xml = ''
  }
  if (first !== undefined) xml = `${beginning(first)}${first.map(line).join('')}`
  yield `${xml}</sheetData></worksheet>`
}

function beginning(sample: readonly (readonly string[])[]): string {
  const cols = (sample[0] ?? []).map((_, column) => {
    const width = Math.min(40, Math.max(8, ...sample.map((row) => row[column]?.length ?? 0))) + 1
    return `<col min="${column + 1}" max="${column + 1}" width="${width}" customWidth="1"/>`
  })
  return `${declaration}<worksheet xmlns="${main}">${cols.length > 0 ? `<cols>${cols.join('')}</cols>` : ''}<sheetData>`
}

function cellXml(value: string, reference: string): string {
  if (value === '') return `<c r="${reference}" s="1"/>`
  return `<c r="${reference}" s="1" t="inlineStr"><is><t xml:space="preserve">${xmlText(cutText(value, mostCharacters))}</t></is></c>`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
// What XML cannot hold, or would change, is written as _x000D_; and what only looks like that, so that it is not taken for it.
const special = /[&<>]|(?![\t\n])\p{Cc}|[\ufffe\uffff]|_(?=x[0-9a-fA-F]{4}_)/gu

function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(special, (found) => entities[found] ?? `_x${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
}

function columnName(index: number): string {
  return index < 26
    ? String.fromCharCode(65 + index)
    : columnName(Math.floor(index / 26) - 1) + String.fromCharCode(65 + (index % 26))
}
