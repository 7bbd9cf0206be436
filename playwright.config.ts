// The browser stories: a story a file in e2e/, each told in a real Chromium to a real server.
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Pictures are no test; `SCREENS=folder npx playwright test screens` takes them.
  testIgnore: process.env.SCREENS ? [] : ['**/screens.spec.ts'],
  // Each worker has a server and a browser of its own, and each test an instance of its own.
  workers: 2,
  fullyParallel: true,
  // A story that needs a second try is broken.
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    timezoneId: 'America/Montevideo',
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
      // Chromium refuses to run as root in its sandbox.
      chromiumSandbox: process.getuid?.() !== 0,
      // As in real life: the back button may bring a page back from memory.
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
      args: [
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
