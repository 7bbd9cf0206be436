// What holds for every page in every state, as far as a machine can tell.
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect } from './story.ts'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']

/** Follows WCAG 2.2 AA as far as axe can tell. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  // The legacy mode leaves out frames, of which there are none, and is four times as fast.
  const { violations, passes } = await new AxeBuilder({ page }).withTags(tags).setLegacyMode(true).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  expect.soft(found, name).toEqual([])
  // Rules that looked at nothing would find nothing.
  const looked = ['color-contrast', 'document-title', 'region']
  if ((await page.getByRole('link').count()) > 0) looked.push('target-size')
  expect(passes.map(({ id }) => id)).toEqual(expect.arrayContaining(looked))
}

/** How wide the page is, in CSS pixels: wider than the window means that one has to scroll sideways. */
export function contentWidth(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth')
}
