// A spreadsheet with faults: looked at, mended, run, printed, taken back.
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utils, write } from '@e965/xlsx'
import type { Page } from '@playwright/test'
import { importFields, sheetColumns } from '../contracts/sheet-columns.ts'
import { expect, fillNewPassword, goodPassword, logIn, logInForTheFirstTime, saveAndLogIn, test } from './story.ts'

/** uContact's columns, in uContact's order. */
const header = importFields.filter((field) => field !== 'team').map((field) => sheetColumns[field].header)
const faulty = [
  header,
  ['ana', 'Ana Souza', '', 'Agent', '', '', 'America/Montevideo', 'es', '', ''],
  ['ben ortiz', 'Ben Ortiz', '', 'Agent', '', '', '', '', '', ''],
  ['carla', '', 'not an address', 'Nobody', '', '', '', '', '', ''],
]
const mended = [
  header,
  ['ana', 'Ana Souza', '', 'Agent', '', '', 'America/Montevideo', 'es', '', ''],
  ['ben', 'Ben Ortiz', '', 'Agent', '', '', '', '', '', ''],
  ['carla', 'Carla Díaz', '', 'Supervisor', '', '', '', '', '', ''],
]

/** The same rows in each of the formats. */
const formats: Record<string, (rows: string[][]) => Buffer> = {
  'people.xlsx': (rows) => sheet(rows, 'xlsx'),
  'people.ods': (rows) => sheet(rows, 'ods'),
  'people.csv': (rows) => Buffer.from(rows.map((row) => row.join(';')).join('\r\n'), 'latin1'),
}

function sheet(rows: string[][], bookType: 'xlsx' | 'ods'): Buffer {
  const book = utils.book_new()
  utils.book_append_sheet(book, utils.aoa_to_sheet(rows), 'People')
  return write(book, { type: 'buffer', bookType })
}

async function choose(page: Page, name: string, rows: string[][]): Promise<void> {
  const path = join(await mkdtemp(join(tmpdir(), 'gatehouse-import-')), name)
  await writeFile(path, formats[name]!(rows))
  await page.goto('/console/imports')
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose a file' }).click()
  await (await chooser).setFiles(path)
  await expect(page.getByRole('heading', { name })).toBeVisible()
}

const count = (page: Page, what: string) => page.getByText(what, { exact: true }).locator('..').locator('dd')

for (const name of Object.keys(formats))
  test(`${name}: its faults are shown row by row, and mended it runs, prints slips, and can be taken back`, async ({
    page,
    browser,
    instance,
  }) => {
    await logInForTheFirstTime(page, instance)
    await choose(page, name, faulty)
    await expect(count(page, 'To be created')).toHaveText('1')
    await expect(count(page, 'Refused')).toHaveText('2')
    const problems = page.getByRole('table', { name: /rows? with notes/ })
    await expect(problems.getByRole('row', { name: /ben ortiz/ })).toContainText('a character that usernames cannot have')
    await expect(problems.getByRole('row', { name: /carla/ })).toContainText('There is no profile with this name.')
    await expect(problems.getByRole('row', { name: /carla/ })).toContainText('This is not an email address.')

    await choose(page, name, mended)
    await expect(count(page, 'To be created')).toHaveText('3')
    await page.getByRole('button', { name: 'Run: 3 people' }).click()
    await expect(count(page, 'Created')).toHaveText('3')
    await page.reload()
    await expect(count(page, 'Created')).toHaveText('3')

    await page.getByRole('button', { name: 'Make 3 slips' }).click()
    const slip = page.getByRole('article', { name: 'Carla Díaz' })
    const initialPassword = await slip.locator('.password').innerText()
    await expect(page.getByRole('article')).toHaveCount(3)
    // Each speaks the language of its person.
    await expect(page.getByRole('article', { name: 'Ana Souza' })).toContainText('Contraseña inicial')
    page.on('dialog', (dialog) => void dialog.accept())
    await page.goto('/console/imports')
    await page.getByRole('link', { name }).first().click()

    if (name === 'people.xlsx') {
      const second = await browser.newContext({ baseURL: instance.url })
      const person = await second.newPage()
      await logIn(person, 'carla', initialPassword)
      await fillNewPassword(person, goodPassword)
      await saveAndLogIn(person)
      await expect(person.getByRole('heading', { name: 'Welcome, Carla Díaz' })).toBeVisible()
      await second.close()
    }
    await page.getByRole('button', { name: 'Take it all back' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it all back' }).click()
    if (name === 'people.xlsx') {
      await expect(page.getByRole('dialog').getByRole('alert')).toContainText('1')
    } else {
      await expect(page.getByText('Taken back', { exact: false }).first()).toBeVisible()
      await page.goto('/console/users')
      await expect(page.getByText('1 user', { exact: true })).toBeVisible()
    }
  })

test('a list with a column that nobody knows and teams that are not there yet is imported without leaving the page', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  const path = join(await mkdtemp(join(tmpdir(), 'gatehouse-import-')), 'staff.xlsx')
  const book = utils.book_new()
  const add = (name: string, rows: string[][]) => utils.book_append_sheet(book, utils.aoa_to_sheet(rows), name)
  add('Read me', [['This is the list of 2026.']])
  add('Staff', [
    ['Username', 'First name', 'Last name', 'Legajo', 'Team', 'Profile', 'Email'],
    ['ana', 'Ana', 'Souza', '1', 'Ventas', 'Agent', 'ana@example.com'],
    ['ben no', 'Ben', 'Ortiz', '2', 'Soporte', 'Jefe', ''],
  ])
  await writeFile(path, write(book, { type: 'buffer', bookType: 'xlsx' }))
  await page.goto('/console/imports')
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose a file' }).click()
  await (await chooser).setFiles(path)

  await page.getByRole('radio', { name: 'Staff' }).check()
  await expect(page.getByText('Left out: Legajo.')).toBeVisible()
  await expect(count(page, 'Refused')).toHaveText('2')
  await page.getByRole('button', { name: 'Create these 2 teams' }).click()
  await expect(count(page, 'To be created')).toHaveText('1')
  await page.getByRole('combobox', { name: /Instead of .Jefe/ }).click()
  await page.getByRole('option', { name: 'Supervisor' }).click()
  await page.getByRole('button', { name: 'Use these profiles' }).click()
  await page.getByRole('button', { name: 'Correct Username in row 3' }).click()
  await page.getByRole('textbox', { name: 'Correct Username in row 3' }).fill('ben')
  await page.getByRole('button', { name: 'Save and check' }).click()
  await expect(count(page, 'To be created')).toHaveText('2')
  await expect(page.getByText('1 message with an initial password will be sent')).toBeVisible()
  await expect(page.getByText('1 person without email will need a slip.')).toBeVisible()
  await page.getByRole('radio', { name: 'Last name, then first name' }).check()
  await page.getByRole('button', { name: 'Run: 2 people' }).click()
  await expect(count(page, 'Created')).toHaveText('2')
  await page.goto('/console/users')
  await expect(page.getByRole('link', { name: 'Souza Ana' })).toBeVisible()
})
