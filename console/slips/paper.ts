/** The paper that slips are printed on, and how many of them a sheet holds. Each has its measures in slips.css. */
export const papers = {
  a4: { slips: 4 },
  letter: { slips: 4 },
  a6: { slips: 1 },
} as const

export type Paper = keyof typeof papers

export const paperNames = Object.keys(papers) as Paper[]

/** The slips of each sheet, in order. */
export function sheetsOf<Slip>(slips: readonly Slip[], paper: Paper): readonly (readonly Slip[])[] {
  const size = papers[paper].slips
  return Array.from({ length: Math.ceil(slips.length / size) }, (_, sheet) => slips.slice(sheet * size, (sheet + 1) * size))
}

const kept = 'gatehouse-slip-paper'

/** The paper that this browser printed on the last time. */
export function usualPaper(): Paper {
  return paperNames.find((paper) => paper === localStorage.getItem(kept)) ?? 'a4'
}

export function keepPaper(paper: Paper): void {
  localStorage.setItem(kept, paper)
}
