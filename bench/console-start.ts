// How soon the console can be used on a slow line with a slow processor: `node bench/console-start.ts URL USERNAME PASSWORD [TIMES]`, beside a server
// that runs, such as `npm run demo`. Chromium itself slows the line and the processor down, by its DevTools protocol.
import { type Browser, chromium } from '@playwright/test'

/** Lighthouse's slow 4G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back; and a processor four times as slow. */
const line = { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 }
const slowdown = 4

type Start = { skeleton: number; usable: number; shift: number; blocked: number; kilobytes: number }

async function start(browser: Browser, url: string, state: Awaited<ReturnType<typeof loggedIn>>): Promise<Start> {
  // A context of its own has an empty cache.
  const context = await browser.newContext({ baseURL: url, storageState: state, viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', line)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  let bytes = 0
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await page.addInitScript(`
    globalThis.measured = { shift: 0, blocked: 0 }
    new PerformanceObserver((list) => {
      for (const each of list.getEntries()) if (!each.hadRecentInput) measured.shift += each.value
    }).observe({ type: 'layout-shift', buffered: true })
    new PerformanceObserver((list) => {
      for (const each of list.getEntries()) measured.blocked += Math.max(0, each.duration - 50)
    }).observe({ type: 'longtask', buffered: true })
    const look = () => {
      if (document.querySelector('tbody a')) measured.usable = performance.now()
      else requestAnimationFrame(look)
    }
    look()`)
  await page.goto('/console/users', { waitUntil: 'commit' })
  await page.locator('tbody a').first().waitFor({ timeout: 60_000 })
  // What still moves things comes within a moment.
  await page.waitForTimeout(1500)
  const measured = await page.evaluate<Omit<Start, 'kilobytes'>>(`({
    ...measured,
    skeleton: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  })`)
  await context.close()
  return { ...measured, kilobytes: bytes / 1000 }
}

async function loggedIn(browser: Browser, url: string, username: string, password: string) {
  const context = await browser.newContext({ baseURL: url })
  const page = await context.newPage()
  await page.goto('/login')
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(password)
  await page.locator('form button.primary').click()
  await page.waitForURL('**/home')
  const state = await context.storageState()
  await context.close()
  return state
}

const [url = 'http://demo.localhost:8080', username = 'ana.ortiz', password = '', times = '5'] = process.argv.slice(2)
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
  chromiumSandbox: process.getuid?.() !== 0,
})
const state = await loggedIn(browser, url, username, password)
const starts: Start[] = []
for (let i = 0; i < Number(times); i += 1) starts.push(await start(browser, url, state))
await browser.close()
const names = {
  skeleton: 'ms until something is seen',
  usable: 'ms until the list can be used',
  blocked: 'ms blocked',
  shift: 'layout shift',
  kilobytes: 'KB',
}
for (const [name, means] of Object.entries(names)) {
  const values = starts.map((each) => each[name as keyof Start]).sort((one, other) => one - other)
  const shown = (value: number) => (name === 'shift' ? value.toFixed(3) : Math.round(value).toString())
  console.log(`${means.padEnd(32)} best ${shown(values[0]!)}, middle ${shown(values[values.length >> 1]!)}`)
}
