import { SheetFault, type SheetOrigin } from './cells.ts'

/**
 * Which sheet of a workbook is meant. One that is hidden or empty never is; of several it is the one that somebody names, and else the
 * one that is seen when the workbook is opened.
 * @param active the place of that one
 * @throws SheetFault
 */
export async function chooseSheet<T extends { name: string; isSeen: boolean }>(
  sheets: readonly T[],
  active: number,
  wanted: string | undefined,
  holdsSomething: (sheet: T) => Promise<boolean>,
): Promise<{ sheet: T; origin: Pick<SheetOrigin, 'sheets' | 'sheet'> }> {
  const offered: T[] = []
  for (const sheet of sheets) if (sheet.isSeen && (await holdsSomething(sheet))) offered.push(sheet)
  const [first] = offered
  if (first === undefined) throw new SheetFault('sheet_empty', 'No sheet that can be seen holds anything.')
  const sheet = offered.find((each) => (wanted === undefined ? each === sheets[active] : each.name === wanted))
  if (sheet === undefined && wanted !== undefined)
    throw new SheetFault('sheet_not_found', 'The file has no such sheet that holds anything.')
  const chosen = sheet ?? first
  return { sheet: chosen, origin: { sheets: offered.map(({ name }) => name), sheet: chosen.name } }
}
