// Slips on paper: as many to a sheet as was promised, with the margins that Chromium usually gives, and no empty page.
import type { Page } from '@playwright/test'
import { pixelsOf } from './pixels.ts'
import { addPerson, expect, logInForTheFirstTime, test } from './story.ts'

/** Millimetres of each paper, and how many slips are on it. */
const papers = {
  'A4, four to a sheet': { width: 210, height: 297, slips: 4 },
  'Letter, four to a sheet': { width: 215.9, height: 279.4, slips: 4 },
  'A6, one to a sheet': { width: 105, height: 148, slips: 1 },
}
/** Chromium's own, in its print dialog and for a PDF. */
const usualMargins = { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' }
const pixelsOfMm = (mm: number) => (mm * 96) / 25.4

/** The sizes in millimetres of the pages of a PDF that Chromium has made, whose page objects are not packed. */
function pagesOf(pdf: Buffer): { width: number; height: number }[] {
  return [...pdf.toString('latin1').matchAll(/\/Type \/Page\n[\s\S]{0,800}?\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(
    ([, width, height]) => ({
      width: Math.round((Number(width) * 254) / 72) / 10,
      height: Math.round((Number(height) * 254) / 72) / 10,
    }),
  )
}

async function makeSlips(page: Page, count: number): Promise<void> {
  await page.goto('/console/users?search=paper')
  await expect(page.locator('tbody tr')).toHaveCount(6)
  for (const box of (await page.locator('tbody input[type=checkbox]').all()).slice(0, count)) await box.check()
  await page.getByRole('button', { name: 'New initial password' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'New initial password' }).click()
  await expect(page.getByRole('article')).toHaveCount(count)
}

test('slips are printed four to a sheet of A4 or Letter, or one to a sheet of A6, and no page is empty', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  for (let i = 0; i < 6; i += 1) await addPerson(page, { username: `paper.${i}`, fullName: `Ana Paper ${i}`, email: null })
  page.on('dialog', (dialog) => void dialog.accept())
  for (const count of [1, 4, 5, 6]) {
    await makeSlips(page, count)
    for (const [name, { width, height, slips }] of Object.entries(papers)) {
      await page.getByRole('radio', { name }).check()
      for (const ofPage of [true, false]) {
        const pages = pagesOf(await page.pdf({ margin: usualMargins, preferCSSPageSize: ofPage, format: 'Letter' }))
        expect(pages, `${count} slips, ${name}`).toHaveLength(Math.ceil(count / slips))
        if (ofPage)
          for (const each of pages) {
            expect(each.width).toBeCloseTo(width, 0)
            expect(each.height).toBeCloseTo(height, 0)
          }
      }
      await expectCutLines(page, name, count)
    }
  }
})

/** On the first sheet a dashed line in the middle, both ways, and none at the edge of the paper. */
async function expectCutLines(page: Page, name: string, count: number): Promise<void> {
  const { width, height, slips } = papers[name as keyof typeof papers]
  const [wide, high, edge] = [width, height, 4].map(pixelsOfMm) as [number, number, number]
  const screen = page.viewportSize()!
  await page.setViewportSize({ width: Math.round(wide), height: Math.round(high) })
  await page.emulateMedia({ media: 'print' })
  const sheet = await pixelsOf(page, await page.screenshot())
  await page.emulateMedia({ media: null })
  await page.setViewportSize(screen)
  const say = `${count} slips, ${name}: `
  // Where a line ends at the edge, its own width may be there.
  expect(sheet.inked(0, 0, wide, 3), `${say}the upper edge`).toBeLessThan(8)
  expect(sheet.inked(0, 0, 3, high), `${say}the left edge`).toBeLessThan(8)
  if (slips === 1) return
  // Down the middle of the upper half, and across the middle of the left half; dashes are about half of a line.
  expect(sheet.inked(wide / 2 - 3, edge, 6, high / 2 - 2 * edge), `${say}the line down`).toBeGreaterThan(high / 8)
  expect(sheet.inked(edge, high / 2 - 4, wide / 2 - 2 * edge, 6), `${say}the line across`).toBeGreaterThan(wide / 8)
  if (count === 1) expect(sheet.inked(wide / 2 + edge, edge, wide / 2 - 2 * edge, high / 2 - 2 * edge), `${say}beside it`).toBe(0)
}
