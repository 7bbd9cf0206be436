// What is really drawn: the colours of a picture, as the browser itself reads them.
import type { Page } from '@playwright/test'

export type Pixels = {
  width: number
  height: number
  /** How many of the pixels of a part of it differ from its most frequent colour, and how many colours there are. */
  inked(x: number, y: number, width: number, height: number): number
}

/** Reads a PNG in a page of its own, which no policy of ours binds. */
export async function pixelsOf(page: Page, png: Buffer): Promise<Pixels> {
  const reader = await page.context().newPage()
  const { width, height, data } = await reader.evaluate<{ width: number; height: number; data: string }>(`(async () => {
    const bytes = Uint8Array.from(atob('${png.toString('base64')}'), (each) => each.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')
    canvas.drawImage(image, 0, 0)
    const { data, width, height } = canvas.getImageData(0, 0, image.width, image.height)
    let text = ''
    for (let start = 0; start < data.length; start += 8192) text += String.fromCharCode(...data.subarray(start, start + 8192))
    return { width, height, data: btoa(text) }
  })()`)
  await reader.close()
  const bytes = Buffer.from(data, 'base64')
  return {
    width,
    height,
    inked(left, top, wide, high) {
      const counts = new Map<number, number>()
      for (let y = Math.round(top); y < Math.round(top + high); y += 1)
        for (let x = Math.round(left); x < Math.round(left + wide); x += 1) {
          const colour = bytes.readUInt32BE((y * width + x) * 4)
          counts.set(colour, (counts.get(colour) ?? 0) + 1)
        }
      const all = [...counts.values()]
      return all.reduce((sum, each) => sum + each, 0) - Math.max(0, ...all)
    },
  }
}
