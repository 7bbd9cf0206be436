// Workbooks as programs of all kinds write them, for tests.
import { type ZipKind, zipFile } from './zip.ts'

const declaration = '<?xml version="1.0" encoding="UTF-8"?>'
const transitional = 'http://schemas.openxmlformats.org'
const strict = 'http://purl.oclc.org/ooxml'

export type WorkbookKind = {
  main?: string
  strings?: string
  isStrict?: boolean
  prefix?: string
  activeTab?: number
  styles?: string
  more?: Record<string, string>
  rename?: (name: string) => string
  zip?: ZipKind
}
export type TestSheet = { name: string; state?: string; rows?: string[][]; xml?: string }

/** An XLSX. A sheet is rows of texts, which are shared, or XML. */
export function xlsx(sheets: readonly TestSheet[], kind: WorkbookKind = {}): Buffer {
  const { main = 'xl/workbook.xml', strings = 'sharedStrings.xml', isStrict = false, prefix = '', more = {} } = kind
  const { rename = (name: string) => name, activeTab = 0, styles } = kind
  const base = isStrict ? strict : transitional
  const types = isStrict ? `${strict}/officeDocument/relationships` : `${transitional}/officeDocument/2006/relationships`
  const p = prefix === '' ? '' : `${prefix}:`
  const xmlns = `xmlns${prefix === '' ? '' : `:${prefix}`}="${base}/spreadsheetml/${isStrict ? 'main' : '2006/main'}"`
  const folder = main.includes('/') ? main.slice(0, main.lastIndexOf('/') + 1) : ''
  const shared: string[] = []
  const relationships = (list: readonly [id: string, type: string, target: string][]) =>
    `${declaration}<Relationships xmlns="${transitional}/package/2006/relationships">${list
      .map(([id, type, target]) => `<Relationship Id="${id}" Type="${types}/${type}" Target="${target}"/>`)
      .join('')}</Relationships>`
  const cell = (text: string, place: string) =>
    text === '' ? '' : `<${p}c r="${place}" t="s"><${p}v>${shared.push(text) - 1}</${p}v></${p}c>`
  const data = sheets.map(({ rows, xml }) =>
    xml !== undefined
      ? xml
      : `<${p}sheetData>${(rows ?? [])
          .map(
            (row, y) =>
              `<${p}row r="${y + 1}">${row.map((text, x) => cell(text, `${String.fromCharCode(65 + x)}${y + 1}`)).join('')}</${p}row>`,
          )
          .join('')}</${p}sheetData>`,
  )
  const parts: Record<string, string> = {
    '[Content_Types].xml': `${declaration}<Types xmlns="${transitional}/package/2006/content-types"/>`,
    '_rels/.rels': relationships([['rId1', 'officeDocument', main]]),
    [main]: `${declaration}<${p}workbook ${xmlns} xmlns:r="${types}"><${p}bookViews><${p}workbookView activeTab="${activeTab}"/></${p}bookViews><${p}sheets>${sheets
      .map(
        ({ name, state }, i) =>
          `<${p}sheet name="${name}" sheetId="${i + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="s${i}"/>`,
      )
      .join('')}</${p}sheets></${p}workbook>`,
    [`${folder}_rels/${main.slice(folder.length)}.rels`]: relationships([
      ...sheets.map((_, i): [string, string, string] => [`s${i}`, 'worksheet', `worksheets/sheet${i + 1}.xml`]),
      ['t', 'sharedStrings', strings],
      ...(styles === undefined ? [] : [['y', 'styles', 'styles.xml'] as [string, string, string]]),
    ]),
    ...Object.fromEntries(
      data.map((xml, i) => [
        `${folder}worksheets/sheet${i + 1}.xml`,
        `${declaration}<${p}worksheet ${xmlns}>${xml}</${p}worksheet>`,
      ]),
    ),
    ...(styles !== undefined && { [`${folder}styles.xml`]: `${declaration}<${p}styleSheet ${xmlns}>${styles}</${p}styleSheet>` }),
    [`${folder}${strings}`]: `${declaration}<${p}sst ${xmlns}>${shared.map((text) => `<${p}si><${p}t>${text}</${p}t></${p}si>`).join('')}</${p}sst>`,
    ...more,
  }
  return zipFile(
    Object.entries(parts).map(([name, xml]) => [rename(name), xml]),
    kind.zip,
  )
}

export type TestTable = { name: string; isHidden?: boolean; xml: string }
const odf = 'urn:oasis:names:tc:opendocument:xmlns'

/** An ODS with only what has to be there. */
export function ods(
  tables: readonly TestTable[],
  { active, zip, more = {} }: { active?: string; zip?: ZipKind; more?: Record<string, string> } = {},
): Buffer {
  const content = `${declaration}<office:document-content xmlns:office="${odf}:office:1.0" xmlns:table="${odf}:table:1.0" xmlns:text="${odf}:text:1.0" xmlns:style="${odf}:style:1.0"><office:automatic-styles><style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>${tables
    .map(
      ({ name, isHidden, xml }) =>
        `<table:table table:name="${name}"${isHidden ? ' table:style-name="h"' : ''}>${xml}</table:table>`,
    )
    .join('')}</office:spreadsheet></office:body></office:document-content>`
  return zipFile(
    Object.entries({
      mimetype: 'application/vnd.oasis.opendocument.spreadsheet',
      'content.xml': content,
      'META-INF/manifest.xml': `${declaration}<manifest:manifest xmlns:manifest="${odf}:manifest:1.0"/>`,
      ...(active !== undefined && {
        'settings.xml': `${declaration}<office:settings xmlns:office="${odf}:office:1.0" xmlns:config="${odf}:config:1.0"><config:config-item config:name="ActiveTable">${active}</config:config-item></office:settings>`,
      }),
      ...more,
    }),
    zip,
  )
}

export const tableRows = (rows: readonly string[][]) =>
  rows
    .map(
      (row) =>
        `<table:table-row>${row.map((text) => `<table:table-cell office:value-type="string"><text:p>${text}</text:p></table:table-cell>`).join('')}</table:table-row>`,
    )
    .join('')
