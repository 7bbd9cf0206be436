// The Administrator sets the rules, and people meet them.
import type { Page } from '@playwright/test'
import { contentWidth, expectAccessible } from './looks.ts'
import {
  expect,
  fillNewPassword,
  goodPassword,
  logInForTheFirstTime,
  logOut,
  otherGoodPassword,
  saveAndLogIn,
  sendLogin,
  test,
} from './story.ts'
import { textsIn } from './texts.ts'

async function openPasswordRules(page: Page): Promise<void> {
  await page.goto('/console/password-rules')
  await expect(page.getByRole('heading', { name: 'Password rules' })).toBeVisible()
}

const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true })

test('asvs-6.2.5 a rule against a clause: tried before it is saved, saved with a reason, met at the next choice', async ({
  page,
  instance,
  server,
}) => {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} ${message.location().url}`)
  })
  await logInForTheFirstTime(page, instance)
  await openPasswordRules(page)
  await expect(page.getByText('8 to 64. Default: 15 characters.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Keep them as they are' })).toBeEnabled()

  await page.getByLabel('Test password').fill('seven lanterns beneath a tram')
  await expect(page.getByText('This would be accepted.')).toBeVisible()
  await page.getByLabel('Digits', { exact: true }).fill('2')
  await expect(page.getByText('This would be refused:')).toBeVisible()
  await expect(page.getByText('At least 2 digits')).toBeVisible()
  await expect(page.getByText('This goes against NIST SP 800-63B-4, 3.1.1.2 (5); ASVS 5.0, 6.2.5.')).toBeVisible()

  await save(page).click()
  const reason = page.getByLabel('Reason: Digits')
  await expect(page.getByText('Give a reason.')).toBeVisible()
  await expect(reason).toBeFocused()
  await reason.fill('The bank demands it.')
  await page.getByLabel('Minimum length').fill('20')
  await save(page).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await expect(save(page)).toBeDisabled()
  await page.reload()
  await expect(page.getByLabel('Minimum length')).toHaveValue('20 characters')
  await expect(reason).toHaveValue('The bank demands it.')

  const report = (await server.command('compliance-report', '--instance', instance.name)) as {
    findings: { kept: boolean; deviations: object[] }[]
  }
  expect(report.findings.filter(({ kept }) => !kept).flatMap(({ deviations }) => deviations)).toEqual([
    { rule: 'minimumDigits', value: 2, reason: 'The bank demands it.' },
  ])

  await page.getByRole('button', { name: 'Ask everybody' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Ask everybody' }).click()
  await expect(page.getByText('Everybody chooses a new password at the next login.')).toBeVisible()
  await expect(page.getByText('Last asked:')).toBeVisible()
  expect(complaints).toEqual([])

  await page.goto('/home')
  await logOut(page)
  await sendLogin(page, instance.username, goodPassword)
  await expect(page.getByText('everybody was asked for a new one')).toBeVisible()
  await expect(page.locator('#rules')).toContainText('At least 20 characters')
  await fillNewPassword(page, otherGoodPassword)
  await saveAndLogIn(page)
  await expect(page.locator('#rules li[data-state=broken]')).toHaveText([/At least 2 digits/])
  await fillNewPassword(page, `${otherGoodPassword} 42`)
  await saveAndLogIn(page)
  await expect(page.getByRole('heading', { name: 'Welcome, Administrator' })).toBeVisible()
})

test('of two who change the rules, the second sees what holds now and loses nothing; what is unsaved is not left by mistake', async ({
  page,
  context,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await openPasswordRules(page)
  const second = await context.newPage()
  await openPasswordRules(second)
  await page.getByLabel('Password history').fill('5')
  await second.getByLabel('Password history').fill('9')
  await second.getByLabel('Minimum length').fill('18')
  await save(page).click()
  await expect(page.getByText('Saved.')).toBeVisible()

  await save(second).click()
  await expect(second.getByText('Somebody else has changed these rules meanwhile')).toBeVisible()
  await expect(second.getByText('Holds now: 5 passwords.')).toBeVisible()
  await expect(second.getByLabel('Password history')).toHaveValue('9 passwords')
  await expect(second.getByLabel('Minimum length')).toHaveValue('18 characters')

  let asked = ''
  second.once('dialog', (dialog) => {
    asked = dialog.message()
    return dialog.dismiss()
  })
  await second.getByRole('link', { name: 'Users' }).click()
  await expect.poll(() => asked).toBe('What you typed is not saved. Leave it?')
  await save(second).click()
  await expect(second.getByText('Saved.')).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Password history')).toHaveValue('9 passwords')
})

test('the rules are read back as what a person meets, a preset fills them in, and the bar says what changes and whom it meets', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await openPasswordRules(page)
  await expect(
    page.getByText('A new password has at least 15 characters. Guessing it takes at least 100,000,000 tries.'),
  ).toBeVisible()
  await expect(page.getByRole('button', { name: /^NIST/ })).toHaveAttribute('aria-pressed', 'true')
  await page.getByLabel('Minimum length', { exact: true }).fill('20')
  await page.getByLabel('Password history', { exact: true }).fill('3')
  await expect(page.getByText('A new password has at least 20 characters.')).toBeVisible()
  await expect(page.getByText('It is none of the last 3.')).toBeVisible()
  const bar = page.getByRole('status').filter({ hasText: 'Not saved yet' })
  await expect(bar.getByRole('listitem')).toHaveText([
    'Minimum length: 15 characters → 20 characters',
    'Password history: 0 passwords → 3 passwords',
  ])
  await expect(bar).toContainText('It meets whoever chooses a password from now on.')
  await expect(page.getByRole('button', { name: 'Own' })).toHaveAttribute('aria-pressed', 'true')
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    await expectAccessible(page, `rules with a bar, ${width} px`)
    expect(await contentWidth(page)).toBeLessThanOrEqual(width)
  }
  await save(page).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await page.getByRole('button', { name: /^NIST/ }).click()
  await expect(bar.getByRole('listitem').first()).toHaveText('Minimum length: 20 characters → 15 characters')
  await page.getByRole('button', { name: 'Own' }).click()
  await expect(bar).toHaveCount(0)
})

test('sign-in and session rules are saved each by themselves, and say what bounds them', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await page.goto('/console/login-rules')
  const signIn = page.getByRole('region', { name: 'Sign-in rules' })
  const sessions = page.getByRole('region', { name: 'Session rules' })
  await signIn.getByLabel('A password is disabled after').fill('4')
  await sessions.getByLabel('Session timeout when idle', { exact: true }).fill('30')
  await signIn.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(signIn.getByText('This must not be above the number after which the password is disabled.')).toBeVisible()
  await expect(signIn.getByLabel('Lockout after')).toBeFocused()
  await signIn.getByLabel('A password is disabled after').fill('50')
  await signIn.getByRole('checkbox', { name: 'Português' }).uncheck()
  await signIn.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  // The other form is untouched by that, and not in conflict with it.
  await expect(sessions.getByLabel('Session timeout when idle', { exact: true })).toHaveValue('30 minutes')
  await sessions.getByRole('switch', { name: 'Users may end their other session' }).check()
  await sessions.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(sessions.getByRole('button', { name: 'Save', exact: true })).toBeDisabled()
  await page.reload()
  await expect(sessions.getByLabel('Session timeout when idle', { exact: true })).toHaveValue('30 minutes')
  await expect(signIn.getByRole('checkbox', { name: 'Português' })).not.toBeChecked()
})

for (const language of ['es', 'pt'] as const)
  test(`the rules speak ${language}`, async ({ page, instance }) => {
    const t = textsIn(language)
    await logInForTheFirstTime(page, instance)
    await page.goto('/change-language')
    await page.locator(`input[value=${language}]`).check()
    await page.getByRole('button', { name: 'Save' }).click()
    for (const path of ['password-rules', 'login-rules']) {
      await page.goto(`/console/${path}`)
      const title = path === 'password-rules' ? t('console:rules.passwords') : t('console:rules.login')
      await expect(page.getByRole('heading', { name: title, level: 1 })).toBeVisible()
      await expect(page.getByRole('main')).not.toContainText(/rules[.:]|undefined|\{\{/)
    }
  })
