// The login of every day: with an own password, through the front door, and out again.
import {
  expect,
  expectHome,
  expectNobodyLoggedIn,
  goodPassword,
  logIn,
  logInForTheFirstTime,
  logOut,
  sendLogin,
  test,
} from './story.ts'

test('asvs-6.3.8 a wrong password and an unknown username get the same answer; the username stays, the password does not', async ({
  page,
  instance,
}) => {
  const answers: string[] = []
  for (const username of [instance.username, 'nobody']) {
    await logIn(page, username, 'not the password')
    await expect(page.getByRole('alert')).toContainText('Incorrect username or password')
    await expect(page.getByLabel('Username')).toHaveValue(username)
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('')
    await expect(page.getByLabel('Password', { exact: true })).toBeFocused()
    answers.push((await page.getByRole('main').textContent()) ?? '')
  }
  expect(answers[1]).toBe(answers[0])
})

test('asvs-6.2.6 the password is masked, until one wants to see it', async ({ page }) => {
  await page.goto('/login')
  const password = page.getByLabel('Password', { exact: true })
  const show = page.getByRole('button', { name: 'Show' })
  await password.fill('what I typed')
  await expect(password).toHaveAttribute('type', 'password')
  await expect(show).toHaveAttribute('aria-pressed', 'false')
  await show.click()
  await expect(password).toHaveAttribute('type', 'text')
  await expect(password).toHaveValue('what I typed')
  await expect(show).toHaveAttribute('aria-pressed', 'true')
  await show.click()
  await expect(password).toHaveAttribute('type', 'password')
})

test('asvs-6.2.7 nist-3.1.1.2 a password can be pasted, and password managers know the fields', async ({ page, instance }) => {
  await page.goto('/login')
  const username = page.getByLabel('Username')
  const password = page.getByLabel('Password', { exact: true })
  await expect(username).toHaveAttribute('autocomplete', 'username webauthn')
  await expect(password).toHaveAttribute('autocomplete', 'current-password')

  await username.fill(instance.initialPassword)
  await username.press('ControlOrMeta+a')
  await username.press('ControlOrMeta+c')
  await password.press('ControlOrMeta+v')
  await expect(password).toHaveValue(instance.initialPassword)
  await username.fill(instance.username)
  await password.press('Enter')
  await expect(page).toHaveURL('/choose-password')
  for (const label of ['New password', 'New password, again'])
    await expect(page.getByLabel(label, { exact: true })).toHaveAttribute('autocomplete', 'new-password')
})

test('asvs-7.4.1 asvs-14.3.1 logging out ends the session for good: neither its cookie nor the back button opens anything', async ({
  page,
  context,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  const cookies = await context.cookies()
  await logOut(page)
  await page.evaluate('history.back()')
  await expect(page).toHaveURL(/\/login\?next=%2Fhome$/)
  await expect(page.getByRole('heading', { name: 'Log In' })).toBeVisible()
  await expectNobodyLoggedIn(page)

  await context.clearCookies()
  await context.addCookies(cookies)
  await page.goto('/change-password')
  await expect(page).toHaveURL(/\/login\?next=/)
  await expect(page.getByText('You are logged out.')).toBeVisible()
})

test('asvs-3.3.1 asvs-3.3.2 asvs-3.3.3 asvs-3.3.4 nist-5.1.1 no script and no other host can have a cookie, and the session ends with the browser', async ({
  page,
  context,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await logOut(page)
  await logIn(page, instance.username, goodPassword)
  await expectHome(page)
  const cookies = await context.cookies()
  const kept = cookies.filter(({ expires }) => expires !== -1).map(({ name }) => name)
  expect(cookies.map(({ name }) => name)).toContain('__Host-gatehouse-session')
  expect(kept).toEqual(['__Host-gatehouse-device'])
  for (const cookie of cookies) {
    expect(cookie.name).toMatch(/^__Host-/)
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })
  }
  expect(await page.evaluate('document.cookie')).toBe('')
})

test('after the login one is at the page that one first asked for', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await logOut(page)
  await page.goto('/change-password')
  await expect(page).toHaveURL('/login?next=%2Fchange-password')
  await sendLogin(page, instance.username, 'not the password')
  await sendLogin(page, instance.username, goodPassword)
  await expect(page).toHaveURL('/change-password')
})

test('asvs-3.7.2 cve-C06 no link to us leads on to another site', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  for (const elsewhere of ['//127.0.0.1:9/', 'http://127.0.0.1:9/', '/\\127.0.0.1:9/', '/\t/127.0.0.1:9/', '/..//127.0.0.1:9/']) {
    await page.goto(`/login?next=${encodeURIComponent(elsewhere)}`)
    await expectHome(page)
    await page.goto(`/language?choose=en&back=${encodeURIComponent(elsewhere)}`)
    await expectHome(page)
    await logOut(page)
    await page.goto(`/login?next=${encodeURIComponent(elsewhere)}`)
    await sendLogin(page, instance.username, goodPassword)
    await expectHome(page)
    expect(new URL(page.url()).origin).toBe(instance.url)
  }
})

test('somebody who is logged in and opens the login page is at home', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  for (const path of ['/login', '/']) {
    await page.goto(path)
    await expect(page).toHaveURL('/home')
  }
})

test('a login page that was left open leads home, when one has logged in in another tab since', async ({
  page,
  context,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await logOut(page)
  const otherTab = await context.newPage()
  await logIn(otherTab, instance.username, goodPassword)
  await expectHome(otherTab)
  await sendLogin(page, instance.username, goodPassword)
  await expectHome(page)
})
