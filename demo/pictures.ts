// npm run pictures: pictures of every screen of the demo, in light and dark, wide and narrow; those of the README go to docs/images.
//   npm run pictures -- FOLDER    all of them into FOLDER as well
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { demoPassword } from './fill.ts'
import { dice, people } from './people.ts'

const port = '8198'
const { username } = people(500, dice(7))[0]!
const url = `http://demo.localhost:${port}`
const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'gatehouse-pictures-'))
mkdirSync(folder, { recursive: true })

/** Each screen: what leads there, and what must be seen before the picture is taken. */
const screens: { name: string; path: string; seen: string; prepare?: (page: Page) => Promise<void>; readme?: true }[] = [
  { name: 'home', path: '/home', seen: 'h1' },
  { name: 'users', path: '/console/users', seen: 'tbody tr', readme: true },
  { name: 'users-filtered', path: '/console/users?state=disabled', seen: 'tbody tr' },
  { name: 'users-none-found', path: '/console/users?search=qqqq', seen: 'text=Nobody matches' },
  {
    name: 'users-selected',
    path: '/console/users?search=ana',
    seen: 'tbody tr',
    prepare: async (page) => {
      await page.getByRole('checkbox', { name: 'Select all' }).check()
    },
  },
  { name: 'imports', path: '/console/imports', seen: 'h1' },
  {
    name: 'import',
    path: '/console/imports',
    seen: 'h1',
    readme: true,
    prepare: async (page) => {
      const chooser = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: 'Choose a file' }).click()
      await (await chooser).setFiles({ name: 'new-agents.csv', mimeType: 'text/csv', buffer: Buffer.from(sheet) })
      await page.getByRole('table', { name: /rows? with notes/ }).waitFor()
    },
  },
  { name: 'audit', path: '/console/audit', seen: 'tbody tr', readme: true },
  { name: 'live', path: '/console/live', seen: 'tbody tr:visible', readme: true },
  {
    name: 'desk',
    path: '/console/users?state=disabled',
    seen: 'tbody tr',
    readme: true,
    prepare: async (page) => {
      const name = await page.locator('tbody a').first().innerText()
      await page.goto('/console/desk')
      await page.getByRole('searchbox', { name: 'Who needs help?' }).fill(name)
      const disabled = page.getByRole('listitem').filter({ hasText: 'Disabled' }).first()
      const why = disabled.getByRole('button', { name: 'Why can’t they log in?' })
      // When nobody else is found, it is open already.
      if ((await why.getAttribute('aria-expanded')) === 'false') await why.click()
      await page.locator('.checks').waitFor()
      // Its card stands at the top, as it does for whoever has found one person.
      await disabled.evaluate((card) => card.scrollIntoView({ block: 'start' }))
    },
  },
  { name: 'password-rules', path: '/console/password-rules', seen: 'main input' },
  { name: 'login-rules', path: '/console/login-rules', seen: 'main input' },
  { name: 'new-user', path: '/console/users/new', seen: 'main form' },
  {
    name: 'user',
    path: '/console/users?search=duarte',
    seen: 'tbody tr',
    prepare: async (page) => {
      await page.locator('tbody a').first().click()
      await page.locator('main form').waitFor()
      await page.getByRole('switch').check()
    },
  },
  {
    name: 'slips',
    path: '/console/users?state=initial_password',
    seen: 'tbody tr',
    readme: true,
    prepare: async (page) => {
      for (const box of (await page.locator('tbody input[type=checkbox]').all()).slice(0, 4)) await box.check()
      await page.getByRole('button', { name: 'New initial password' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'New initial password' }).click()
      await page.locator('.slip').first().waitFor()
    },
  },
  { name: 'profiles', path: '/console/profiles', seen: 'tbody tr' },
  {
    name: 'profile',
    path: '/console/profiles',
    seen: 'tbody tr',
    prepare: async (page) => {
      await page.getByRole('link', { name: 'Supervisor', exact: true }).click()
      await page.getByRole('link', { name: 'New profile like this' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Supervisor')
      await page.getByRole('button', { name: 'Create' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'profile-built-in',
    path: '/console/profiles',
    seen: 'tbody tr',
    prepare: async (page) => {
      await page.getByRole('link', { name: 'Supervisor', exact: true }).click()
      await page.locator('main .areas').waitFor()
    },
  },
  { name: 'teams', path: '/console/teams', seen: 'tbody tr' },
  {
    name: 'team',
    path: '/console/teams',
    seen: 'tbody tr',
    prepare: async (page) => {
      await page.locator('tbody a').first().click()
      await page.getByRole('combobox', { name: 'Supervisors' }).fill('an')
      await page.getByRole('option').first().waitFor()
    },
  },
]

/** A spreadsheet with faults, as people have them. */
const sheet = `Username,Full Name,Email,Profile,Team,Language
marta.rey,Marta Rey,marta.rey@example.com,Agent,Billing,es
jo@o,João Prado,,Agent,Premium,pt
new agent,Nora Agent,,Agent,Billing,en
ana.ortiz,Ana Ortiz,,Agent,Billing,es
li.wei,Li Wei,nowhere,Chief,Moon,en
`

const env = {
  ...process.env,
  DATA_DIR: mkdtempSync(join(tmpdir(), 'gatehouse-demo-')),
  PORT: port,
  METRICS_PORT: '0',
  LOG_LEVEL: 'warn',
}
const server = spawn(process.execPath, [join(import.meta.dirname, 'run.ts')], {
  env,
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
})
let said = ''
server.stdout!.on('data', (text) => {
  said += text
})
while (!said.includes('is up')) await once(server.stdout!, 'data')

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
  chromiumSandbox: process.getuid?.() !== 0,
})
for (const [look, colorScheme, width, height] of [
  ['light', 'light', 1280, 800],
  ['dark', 'dark', 1280, 800],
  ['narrow', 'light', 360, 740],
] as const) {
  const context = await browser.newContext({ baseURL: url, colorScheme, viewport: { width, height }, locale: 'en-GB' })
  const page = await context.newPage()
  page.on('dialog', (dialog) => void dialog.accept())
  page.setDefaultTimeout(8000)
  await page.goto('/login')
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(demoPassword)
  await page.getByRole('button', { name: 'Log In' }).click()
  for (const { name, path, seen, prepare, readme } of screens) {
    await page.goto(path)
    await page.locator(seen).first().waitFor()
    await prepare?.(page)
    await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: !readme, animations: 'disabled' })
    if (readme && look === 'light') copyFileSync(join(folder, `${name}-light.png`), `docs/images/${name}.png`)
    if (name === 'desk' && look === 'narrow') copyFileSync(join(folder, 'desk-narrow.png'), 'docs/images/desk-phone.png')
  }
  await page.goto('/home')
  await page.getByText('Logged in since').waitFor()
  const { status } = spawnSync(process.execPath, ['bin/gatehouse.mjs', 'session', 'end', username, '--instance', 'demo'], { env })
  if (status !== 0) throw new Error('the session could not be ended')
  await page.getByRole('alert').waitFor()
  await page.screenshot({ path: join(folder, `session-ended-${look}.png`), animations: 'disabled' })
  if (look === 'light') copyFileSync(join(folder, 'session-ended-light.png'), 'docs/images/session-ended.png')
  await context.close()
}
await browser.close()
server.kill('SIGTERM')
await once(server, 'exit')
rmSync(env.DATA_DIR, { recursive: true, force: true })
console.log(`The pictures are in ${folder}`)
