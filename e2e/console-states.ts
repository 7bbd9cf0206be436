// A walk through every screen of the console in every state, for what must hold of all of them.
import type { Page } from '@playwright/test'
import type { NewInstance, TestServer } from './server.ts'
import { addPerson, expect, untilWarned } from './story.ts'

/** Leads an Administrator, who is logged in, to one state after the other. Each is shown until the next one is asked for. */
export async function* everyConsoleState(page: Page, server: TestServer, instance: NewInstance): AsyncGenerator<string> {
  yield* rules(page)
  yield* users(page)
  yield* profiles(page)
  yield* teams(page)
  yield* requests(page)
  yield* live(page)
  yield* desk(page)
  yield* audit(page)
  yield* imports(page)
  yield* endOfSession(page, server, instance)
}

async function* users(page: Page): AsyncGenerator<string> {
  await page.goto('/console/users')
  await expect(page.getByRole('row', { name: /Administrator/ })).toBeVisible()
  yield 'users'

  await page.getByRole('searchbox', { name: 'Search' }).fill('nobody at all')
  await expect(page.getByText('Nobody matches.')).toBeVisible()
  yield 'users-none-found'

  await page.goto('/console/users/new')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByText('Enter a username.')).toBeVisible()
  yield 'new-user-refused'

  await page.getByRole('radio', { name: 'A message' }).check()
  await page.getByRole('button', { name: 'Send a test message' }).click()
  const dialog = page.getByRole('dialog', { name: 'Send a test message' })
  await dialog.getByLabel('Send it to').fill('ana@example.com')
  await dialog.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(dialog.getByText('The mail server took the message')).toBeVisible()
  yield 'test-message'

  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('radio', { name: 'A slip to print' }).check()

  await page.getByLabel('Username').fill('ana')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ana Souza')
  await page.getByRole('switch').check()
  await page.getByRole('combobox', { name: 'Profile' }).click()
  await expect(page.getByRole('option', { name: 'Supervisor' })).toBeVisible()
  yield 'new-user-choosing'

  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('article')).toBeVisible()
  yield 'slips'

  page.once('dialog', (dialog) => void dialog.accept())
  await page.goto('/console/users?search=ana')
  await page.getByRole('checkbox', { name: 'Select Ana Souza' }).check()
  yield 'users-selected'

  await page.getByRole('button', { name: 'Disable' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  yield 'users-disable'

  await page.getByRole('dialog').getByLabel('Reason').fill('on leave')
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.getByRole('link', { name: 'Ana Souza' }).click()
  await expect(page.getByRole('heading', { name: 'Ana Souza' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Why can’t they log in?' })).toBeVisible()
  yield 'user'

  await page.getByRole('link', { name: 'History' }).click()
  await expect(page.getByText('created the account').first()).toBeVisible()
  yield 'user-history'

  await page.getByRole('link', { name: 'Sessions' }).click()
  await expect(page.getByText('Has never logged in').last()).toBeVisible()
  yield 'user-sessions'

  await page.getByRole('link', { name: 'Details' }).click()
  await expect(page.getByRole('button', { name: 'Save' })).toBeVisible()
  yield 'user-details'

  await page.goto('/console/users/00000000-0000-0000-0000-000000000000')
  await expect(page.getByRole('alert')).toBeVisible()
  yield 'user-not-found'

  await page.goto('/console/nowhere')
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
  yield 'not-found'

  await page.getByRole('banner').getByText('Administrator').click()
  await expect(page.getByRole('navigation', { name: 'User menu' })).toBeVisible()
  yield 'user-menu'
}

async function* rules(page: Page): AsyncGenerator<string> {
  await page.goto('/console/password-rules')
  await expect(page.getByRole('heading', { name: 'Password rules' })).toBeVisible()
  yield 'password-rules'

  await page.getByLabel('Minimum length').fill('8')
  await page.getByLabel('Digits', { exact: true }).fill('11')
  await page.getByLabel('Test password').fill('walnut')
  await expect(page.getByText('Correct the rules first.')).toBeVisible()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Give a reason.')).toBeVisible()
  yield 'password-rules-refused'

  await page.getByLabel('Digits', { exact: true }).fill('2')
  await expect(page.getByText('This would be refused:')).toBeVisible()
  yield 'password-rules-preview'

  await page.getByRole('button', { name: 'Ask everybody' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  yield 'password-rules-ask-everybody'

  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).last().click()
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.goto('/console/login-rules')
  await expect(page.getByRole('heading', { name: 'Session rules', exact: true })).toBeVisible()
  await page.getByLabel('Session timeout when idle', { exact: true }).fill('90')
  yield 'login-rules'

  await page.getByRole('button', { name: 'Discard' }).click()
}

async function* profiles(page: Page): AsyncGenerator<string> {
  await page.goto('/console/profiles')
  await expect(page.getByText('These three are built in')).toBeVisible()
  yield 'profiles'

  await page.getByRole('link', { name: 'Supervisor', exact: true }).click()
  await expect(page.getByText('This is a built-in profile')).toBeVisible()
  yield 'profile-built-in'

  await page.getByRole('link', { name: 'New profile like this' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Agent')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByText('This is the name of a built-in profile')).toBeVisible()
  yield 'new-profile-refused'

  await page.getByRole('textbox', { name: 'Name' }).fill('Team lead')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('link', { name: 'Team lead' }).click()
  await page.getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  yield 'profile-remove'
}

async function* teams(page: Page): AsyncGenerator<string> {
  await page.goto('/console/teams')
  await expect(page.getByText('There are no teams yet')).toBeVisible()
  yield 'teams-none'

  await page.getByRole('link', { name: 'New team' }).click()
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByText('This is required')).toBeVisible()
  await page.getByRole('combobox', { name: 'Supervisors' }).fill('ana')
  await expect(page.getByRole('option', { name: 'Ana Souza (ana)' })).toBeVisible()
  yield 'new-team-choosing'

  await page.getByRole('option', { name: 'Ana Souza (ana)' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('North')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('note')).toBeVisible()
  yield 'team-with-a-blind-supervisor'

  await page.getByRole('link', { name: 'Teams' }).click()
  await expect(page.getByRole('row', { name: /North/ })).toBeVisible()
  yield 'teams'
}

async function* requests(page: Page): AsyncGenerator<string> {
  await page.goto('/console/requests')
  await expect(page.getByText('Nobody waits for a new password.')).toBeVisible()
  yield 'requests-none'

  await page.goto('/console/users')
  await addPerson(page, { username: 'carla', fullName: 'Carla Díaz', email: null })
  for (let i = 0; i < 2; i += 1) {
    await page.goto('/forgot-password')
    await page.getByLabel('Username').fill('carla')
    await page.getByRole('button', { name: 'Go on' }).click()
    await expect(page.getByRole('heading', { name: 'What happens now' })).toBeVisible()
  }
  await page.goto('/console/users')
  await expect(page.getByText('Carla Díaz needs a new password')).toBeVisible()
  yield 'users-request-notice'

  await page.goto('/console/requests')
  await expect(page.getByText('asked 2 times')).toBeVisible()
  await expect(page.getByText('Carla Díaz needs a new password')).toBeHidden()
  yield 'requests'

  await page.getByRole('button', { name: 'Refuse: Carla Díaz' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  yield 'requests-refuse'

  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'New password: Carla Díaz' }).click()
  await expect(page.getByRole('article', { name: 'Carla Díaz' })).toBeVisible()
  yield 'requests-slip'
  page.once('dialog', (dialog) => void dialog.accept())
  await page.goto('/home')
}

async function* live(page: Page): AsyncGenerator<string> {
  await page.goto('/console/live')
  await expect(page.getByRole('row', { name: /Administrator/ })).toBeVisible()
  await page.getByText('Show as a table').click()
  await expect(page.getByRole('table', { name: 'Seats in use today' })).toBeVisible()
  yield 'live'

  await page.getByRole('button', { name: 'Log everybody out' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  yield 'live-end-all'

  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('searchbox', { name: 'Search' }).fill('nobody at all')
  await expect(page.getByText('Nobody who is logged in matches.')).toBeVisible()
  yield 'live-none-found'
}

async function* desk(page: Page): AsyncGenerator<string> {
  await page.goto('/console/desk')
  const field = page.getByRole('searchbox', { name: 'Who needs help?' })
  await expect(field).toBeFocused()
  await field.fill('nobody at all')
  await expect(page.getByText('Nobody in your teams matches.')).toBeVisible()
  yield 'desk-none-found'

  // Her initial password waits; whoever looks is logged in.
  await field.fill('a')
  await expect(page.getByText('Nobody in your teams matches.')).toBeHidden()
  await field.fill('ad')
  await expect(page.getByText('Logged in since').first()).toBeVisible()
  await field.fill('carla')
  await expect(page.getByText('They have chosen their own password, and it is still valid')).toBeVisible()
  yield 'desk-person'
}

async function* audit(page: Page): AsyncGenerator<string> {
  await page.goto('/console/audit')
  await expect(page.getByText('Administrator disabled the account of Ana Souza.')).toBeVisible()
  await page.getByRole('combobox', { name: 'Events' }).click()
  await expect(page.getByRole('option', { name: 'Login refused' })).toBeVisible()
  yield 'audit'

  await page.keyboard.press('Escape')
  await page.getByRole('searchbox', { name: 'Search' }).fill('nothing of the kind')
  await expect(page.getByText('Nothing matches.')).toBeVisible()
  yield 'audit-none-found'
}

async function* imports(page: Page): AsyncGenerator<string> {
  await page.goto('/console/imports')
  await expect(page.getByRole('button', { name: 'Choose a file' })).toBeVisible()
  yield 'imports-none'

  const choose = async (rows: string[]) => {
    await page.goto('/console/imports')
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Choose a file' }).click()
    await (await chooser).setFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) })
    await expect(page.getByRole('heading', { name: 'people.csv' })).toBeVisible()
  }
  await choose(['Legajo,Quién', '7,Dora Lima'])
  await expect(page.getByText('Say what the columns hold')).toBeVisible()
  yield 'import-mapping'

  await choose(['Username,Full Name,Email,Profile', 'dora,Dora Lima,,', 'no good,Nobody,not an address,Nobody'])
  await expect(page.getByRole('table', { name: /rows? with notes/ })).toBeVisible()
  yield 'import-checked'

  // Held for as long as it is looked at: the run of one row is over in a moment.
  const path = new URL(page.url()).pathname.replace('/console/', '/api/')
  const found = await page.evaluate<{ outcomes: object }>(`fetch('${path}').then((answer) => answer.json())`)
  const half = { ...found, state: 'running', outcomes: { ...found.outcomes, created: 1 } }
  await page.route('**/api/imports/*', (route) => route.fulfill({ json: half }))
  await page.getByRole('button', { name: 'Run: 1 person' }).click()
  await expect(page.getByRole('progressbar')).toBeVisible()
  yield 'import-running'

  await page.unroute('**/api/imports/*')
  await expect(page.getByRole('button', { name: 'Take it all back' })).toBeVisible()
  yield 'import-done'

  await page.getByRole('button', { name: 'Take it all back' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  yield 'import-undo'

  await page.keyboard.press('Escape')
  await page.goto('/console/imports')
  await expect(page.getByRole('table', { name: 'Earlier imports' })).toBeVisible()
  yield 'imports'
}

async function* endOfSession(page: Page, server: TestServer, instance: NewInstance): AsyncGenerator<string> {
  await page.goto('/console/users')
  await expect(page.getByRole('row', { name: /Administrator/ })).toBeVisible()
  await untilWarned(server, instance, page)
  yield 'users-idle-warning'

  await server.command('session', 'end', instance.username, '--instance', instance.name)
  await expect(page.getByRole('dialog', { name: 'You are logged out' })).toContainText('ended by an administrator')
  yield 'users-session-ended'
}
