// A number as it is shown when somebody gave it a format ("0012"), with all its digits when nobody did, and a day where it is one.
// Source: ISO/IEC 29500-1, 18.8.30 (numFmt).
import { SSF } from '@e965/xlsx'
import { type Cell, textCell } from './cells.ts'
import { readXml } from './xml.ts'

export type NumberFormats = (style: number, value: number) => Cell

/** From the epoch of 1900 to that of 1904, in days. */
const between1900And1904 = 1462
const builtIn = SSF.get_table() as Record<number, string | undefined>
/** Dates of East Asian spreadsheets, whose form depends on the language. */
const eastAsian = (id: number) => (id >= 27 && id <= 36) || (id >= 50 && id <= 58)

/** @param styles the bytes of the part, if there is one */
export async function numberFormats(styles: AsyncIterable<Buffer> | undefined, date1904: boolean): Promise<NumberFormats> {
  const own = new Map<number, string>()
  const ofStyle: number[] = []
  let inCells = false
  if (styles !== undefined)
    await readXml(styles, {
      open(name, { numFmtId, formatCode }) {
        if (name === 'numFmt') own.set(Number(numFmtId), formatCode ?? 'General')
        if (name === 'cellXfs') inCells = true
        if (name === 'xf' && inCells) ofStyle.push(Number(numFmtId ?? 0))
      },
      close(name) {
        if (name === 'cellXfs') inCells = false
      },
    })
  return (style, value) => {
    const id = ofStyle[style] ?? 0
    const format = own.get(id) ?? builtIn[id] ?? (eastAsian(id) ? 'yyyy-mm-dd' : 'General')
    if (format === 'General') return textCell(String(value))
    try {
      return SSF.is_date(format) ? dateCell(format, value, date1904) : textCell(SSF.format(format, value))
    } catch {
      // A format that nobody else can read says nothing about the value.
      return textCell(String(value))
    }
  }
}

/** A day; or a time of day, which is none. */
function dateCell(format: string, value: number, date1904: boolean): Cell {
  const hasDay = /[dy]/i.test(format.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, ''))
  if (hasDay) return dayOf(date1904 ? value + between1900And1904 : value) ?? { fault: 'error', text: '' }
  return { fault: 'date', text: SSF.format(format, value).slice(0, 50) }
}

/** A day by its number, of which 1 is 1 January 1900; undefined when it is none. */
export function dayOf(value: number): Cell | undefined {
  const day = SSF.parse_date_code(value) as { y: number; m: number; d: number } | null
  const digits = (part: number, length: number) => String(part).padStart(length, '0')
  return day ? { fault: 'date', text: `${digits(day.y, 4)}-${digits(day.m, 2)}-${digits(day.d, 2)}` } : undefined
}
