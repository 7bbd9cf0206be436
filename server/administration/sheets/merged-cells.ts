// Cells that were merged: what stands in the uppermost holds for every row below, and what others hide is not there.
import { type Cell, sheetLimits } from './cells.ts'

export type Merged = { fromRow: number; toRow: number; fromColumn: number; toColumn: number }
const mostMerged = 1_000_000
const mergeCell = /<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})["']/g

/** The merged cells of a sheet in XML, which names them only after its rows. Not parsed: most sheets have none, and are long. */
export async function readMerged(bytes: AsyncIterable<Buffer>): Promise<Merged[]> {
  const merged: Merged[] = []
  let rest = ''
  for await (const chunk of bytes) {
    // In UTF-16, too, the letters that matter are these.
    rest += chunk.toString('latin1').replaceAll('\0', '')
    let end = 0
    for (const { 0: found, 1: left, 2: top, 3: right, 4: bottom, index } of rest.matchAll(mergeCell)) {
      end = index + found.length
      const place = { fromRow: Number(top), toRow: Number(bottom), fromColumn: columnOf(left!), toColumn: columnOf(right!) }
      if (place.fromColumn < sheetLimits.columns && merged.length < mostMerged) merged.push(place)
    }
    rest = rest.slice(Math.max(end, rest.length - 200))
  }
  return merged
}

/** The place of a column, from 0: A is the first. */
export function columnOf(letters: string): number {
  let column = 0
  for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}

/** Fills the cells of row after row, in their order. A row that holds nothing else is left empty. */
export function mergedFiller(merged: readonly Merged[]): (row: number, cells: Cell[]) => void {
  const places = merged.toSorted((a, b) => a.fromRow - b.fromRow)
  const open = new Map<number, { place: Merged; cell: Cell }>()
  let next = 0
  return (row, cells) => {
    for (const [column, { place, cell }] of open) {
      if (place.toRow < row) open.delete(column)
      else fill(cells, place, cell)
    }
    for (; next < places.length && places[next]!.fromRow <= row; next += 1) {
      const place = places[next]!
      if (place.toRow < row) continue
      const cell = place.fromRow === row ? (cells[place.fromColumn] ?? '') : ''
      clear(cells, place)
      cells[place.fromColumn] = cell
      if (place.toRow > row && cell !== '') open.set(place.fromColumn, { place, cell: below(cell) })
    }
  }
}

function fill(cells: Cell[], place: Merged, cell: Cell): void {
  clear(cells, place)
  if (cells.some((other) => other !== undefined && other !== '' && !isMerged(other))) cells[place.fromColumn] = cell
}

function clear(cells: Cell[], { fromColumn, toColumn }: Merged): void {
  for (let column = fromColumn; column <= toColumn && column < cells.length; column += 1) cells[column] = ''
}

export function below(cell: Cell): Cell {
  return typeof cell === 'string' ? { text: cell, merged: true } : { ...cell, merged: true }
}

function isMerged(cell: Cell): boolean {
  return typeof cell !== 'string' && cell.merged === true
}
