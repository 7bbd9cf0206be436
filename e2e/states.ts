// A walk through every page in every state that people can see, for what must hold of all of them.
import type { Page } from '@playwright/test'
import type { NewInstance, TestServer } from './server.ts'
import {
  addPerson,
  allowToEndOtherSession,
  askForPassword,
  createPerson,
  expect,
  expectHome,
  fillNewPassword,
  goodPassword,
  linkTo,
  logIn,
  logOut,
  openMenu,
  otherGoodPassword,
  saveAndLogIn,
  untilWarned,
} from './story.ts'

export type State = {
  /** As the name of a picture. */
  name: string
  /** Where it can be seen, until the next one is asked for. */
  page: Page
}

/** Where the walk goes: two browsers at one fresh instance. */
export type Walk = { page: Page; elsewhere: Page; instance: NewInstance; server: TestServer }

/** Leads to one state after the other. */
export async function* everyState(walk: Walk): AsyncGenerator<State> {
  yield* beforeTheLogin(walk)
  yield* firstLogin(walk)
  yield* loggedIn(walk)
  yield* recovery(walk)
  yield* ofTwoBrowsers(walk)
  yield* nowhere(walk)
}

async function* beforeTheLogin({ page, instance }: Walk): AsyncGenerator<State> {
  await page.goto('/login')
  yield { name: 'login', page }

  await logIn(page, instance.username, 'not the password')
  await expect(page.getByRole('alert')).toContainText('Incorrect username or password')
  yield { name: 'login-wrong-password', page }

  await page.getByLabel('Password', { exact: true }).fill('what I typed')
  await page.getByRole('button', { name: 'Show' }).click()
  yield { name: 'login-password-shown', page }

  await page.goto('/login')
  await page.context().clearCookies()
  await page.getByLabel('Username').fill(instance.username)
  await page.getByLabel('Password', { exact: true }).fill('anything')
  await page.getByRole('button', { name: 'Log In' }).click()
  await expect(page.getByRole('alert')).toContainText('open for too long')
  yield { name: 'login-form-expired', page }

  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await expect(page.getByRole('heading', { name: 'Forgot your password?' })).toBeVisible()
  yield { name: 'forgot-password', page }

  await page.getByLabel('Username').fill('nobody')
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByRole('heading', { name: 'What happens now' })).toBeVisible()
  yield { name: 'forgot-password-asked', page }

  await page.goto('/forgot-password')
  await page.context().clearCookies()
  await page.getByLabel('Username').fill('nobody')
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByRole('alert')).toContainText('open for too long')
  yield { name: 'forgot-password-form-expired', page }

  await page.goto('/recover?token=cut-off')
  await expect(page.getByRole('heading', { name: 'This link does not work' })).toBeVisible()
  yield { name: 'recovery-link-invalid', page }
}

async function* recovery({ page: administrator, elsewhere: page, instance, server }: Walk): AsyncGenerator<State> {
  const email = `ana@${instance.name}.example`
  await administrator.goto('/home')
  await addPerson(administrator, { username: 'ana', fullName: 'Ana Souza', email })
  await page.goto(new URL('/', instance.url).href)
  await askForPassword(page, 'ana')
  await page.goto(await linkTo(server, email))
  await expect(page.getByRole('heading', { name: 'Set a new password' })).toBeVisible()
  yield { name: 'recovery-new-password', page }

  await fillNewPassword(page, 'short')
  await page.getByRole('button', { name: 'Save the password' }).click()
  await expect(page.getByRole('alert')).toContainText('This password cannot be used')
  yield { name: 'recovery-faults', page }

  await fillNewPassword(page, goodPassword)
  await page.getByRole('button', { name: 'Save the password' }).click()
  await expect(page.getByRole('status')).toContainText('Your new password is saved')
  yield { name: 'login-password-saved', page }
}

async function* firstLogin({ page, instance }: Walk): AsyncGenerator<State> {
  await page.goto('/choose-password')
  await expect(page.getByRole('heading', { name: 'This login has expired' })).toBeVisible()
  yield { name: 'choose-password-expired', page }

  await logIn(page, instance.username, instance.initialPassword)
  await expect(page.getByRole('heading', { name: 'Choose your password' })).toBeVisible()
  yield { name: 'choose-password', page }

  await fillNewPassword(page, goodPassword)
  await expect(page.locator('#rules li[data-state=kept]')).toHaveCount(await page.locator('#rules li').count())
  yield { name: 'choose-password-rules-kept', page }

  await fillNewPassword(page, 'admin')
  await saveAndLogIn(page)
  await expect(page.getByRole('alert')).toContainText('This password cannot be used')
  yield { name: 'choose-password-faults', page }

  await fillNewPassword(page, goodPassword, otherGoodPassword)
  await saveAndLogIn(page)
  await expect(page.getByRole('alert')).toContainText('typed differently')
  yield { name: 'choose-password-differ', page }

  await fillNewPassword(page, goodPassword)
  await saveAndLogIn(page)
  await expectHome(page)
}

async function* loggedIn({ page }: Walk): AsyncGenerator<State> {
  const send = () => page.getByRole('main').getByRole('button', { name: 'Change Password' }).click()
  yield { name: 'home', page }

  await openMenu(page)
  await expect(page.getByRole('navigation', { name: 'User menu' })).toBeVisible()
  yield { name: 'home-menu', page }

  await page.goto('/change-password')
  yield { name: 'change-password', page }

  await page.getByLabel('Current password').fill(goodPassword)
  await fillNewPassword(page, 'admin')
  await send()
  await expect(page.getByRole('alert')).toContainText('This password cannot be used')
  yield { name: 'change-password-faults', page }

  await page.getByLabel('Current password').fill('not the password')
  await fillNewPassword(page, otherGoodPassword)
  await send()
  await expect(page.getByRole('alert')).toContainText('The current password is not right')
  yield { name: 'change-password-wrong-current', page }

  await page.goto('/change-language')
  yield { name: 'language', page }

  await page.goto('/change-password')
  await page.getByLabel('Current password').fill(goodPassword)
  await fillNewPassword(page, otherGoodPassword)
  await send()
  await expect(page.getByRole('status')).toHaveText('Your password is changed.')
  yield { name: 'home-password-changed', page }

  await page.evaluate('document.querySelector("[action=\\"/log-out\\"] [name=formToken]").value = "of another time"')
  await openMenu(page)
  await page.getByRole('button', { name: 'Log Out' }).click()
  await expect(page.getByRole('heading', { name: 'This page was open for too long' })).toBeVisible()
  yield { name: 'form-expired', page }
}

async function* ofTwoBrowsers({ page, elsewhere, instance, server }: Walk): AsyncGenerator<State> {
  await logIn(elsewhere, instance.username, otherGoodPassword)
  await expect(elsewhere.getByRole('heading', { name: 'The user is already logged in' })).toBeVisible()
  yield { name: 'already-logged-in', page: elsewhere }

  await page.goto('/no-such-page')
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
  yield { name: 'not-found', page }

  await allowToEndOtherSession(page)
  await logIn(elsewhere, instance.username, otherGoodPassword)
  await expect(elsewhere.getByRole('button', { name: 'Log out there and log in here' })).toBeVisible()
  yield { name: 'already-logged-in-take-over', page: elsewhere }

  await elsewhere.getByRole('button', { name: 'Log out there and log in here' }).click()
  await expectHome(elsewhere)
  await page.goto('/home')
  await expect(page.getByRole('button', { name: 'This was not me' })).toBeVisible()
  yield { name: 'login-session-moved', page }

  await page.getByRole('button', { name: 'This was not me' }).click()
  await expect(page.getByText('Your supervisors find it on your account')).toBeVisible()
  yield { name: 'login-not-me-told', page }

  await logOut(elsewhere)
  await logIn(page, instance.username, otherGoodPassword)
  await logOut(page)
  yield { name: 'logged-out', page }

  await logIn(page, instance.username, otherGoodPassword)
  await expectHome(page)
  const initialPassword = await createPerson(page, 'eva', 'Eva Ramos')
  await server.command('instance', 'seats', instance.name, '1', '--reserve', '0')
  await logIn(elsewhere, 'eva', initialPassword)
  await fillNewPassword(elsewhere, goodPassword)
  await saveAndLogIn(elsewhere)
  await expect(elsewhere.getByRole('heading', { name: 'All seats are in use' })).toBeVisible()
  yield { name: 'no-seat', page: elsewhere }

  page.once('dialog', (dialog) => void dialog.accept())
  await page.goto('/home')
  await untilWarned(server, instance, page)
  yield { name: 'home-idle-warning', page }

  await page.getByRole('button', { name: 'Stay logged in' }).click()
  await expect(page.getByRole('button', { name: 'Stay logged in' })).toBeHidden()
  await page.reload()
  await server.command('session', 'end', instance.username, '--instance', instance.name)
  await expect(page.getByRole('alert')).toContainText('ended by an administrator')
  yield { name: 'home-session-ended', page }

  await page.reload()
  await expect(page.getByText('ended by an administrator')).toBeVisible()
  yield { name: 'login-session-ended', page }
}

async function* nowhere({ page, server }: Walk): AsyncGenerator<State> {
  await page.goto('/no-such-page')
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
  yield { name: 'not-found-visitor', page }

  await page.goto(`http://unknown-host.localhost:${server.port}/`)
  await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible()
  yield { name: 'unknown-host', page }
}
