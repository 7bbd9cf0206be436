// A supervisor, on a phone, gets three people back to work; each in at most three actions from the login.
import type { Locator, Page } from '@playwright/test'
import { type Language, languages } from '../contracts/languages.ts'
import { addPerson, expect, fillNewPassword, goodPassword, logIn, logInForTheFirstTime, saveAndLogIn, test } from './story.ts'
import { textsIn } from './texts.ts'

const stories: { language: Language; locale: string; scheme: 'light' | 'dark' }[] = [
  { language: 'en', locale: 'en-GB', scheme: 'light' },
  { language: 'es', locale: 'es-UY', scheme: 'dark' },
  { language: 'pt', locale: 'pt-BR', scheme: 'light' },
]
const viewport = { width: 360, height: 720 }

/** Counts what a person does: presses and fields that are typed into. */
function countActions() {
  let actions = 0
  return {
    async press(what: Locator) {
      actions += 1
      await what.click()
    },
    async type(what: Locator, text: string) {
      actions += 1
      await expect(what).toBeFocused()
      await what.pressSequentially(text)
    },
    taken: () => actions,
  }
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, window] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]')
  expect(content).toBeLessThanOrEqual(window)
}

for (const { language, locale, scheme } of stories)
  test.describe(`${languages[language].name}, ${viewport.width} px`, () => {
    test.use({ locale, viewport, colorScheme: scheme })
    const t = textsIn(language)

    test('unlock, end a stuck session, new password: each in three actions, and the agent is logged in', async ({
      page,
      browser,
      instance,
    }) => {
      await logInForTheFirstTime(page, instance, t)
      const [lead, ana] = await floor(page, instance.username)
      const person = await (await browser.newContext({ baseURL: instance.url, locale, viewport })).newPage()
      await logIn(person, 'ana', ana!, t)
      await fillNewPassword(person, goodPassword, goodPassword, t)
      await saveAndLogIn(person, t)
      await expect(person.getByRole('heading', { name: t('home:welcome', { name: 'Ana Souza' }) })).toBeVisible()

      const supervisor = await (
        await browser.newContext({ baseURL: instance.url, locale, viewport, colorScheme: scheme })
      ).newPage()
      await logIn(supervisor, 'lead', lead!, t)
      await fillNewPassword(supervisor, goodPassword, goodPassword, t)
      await saveAndLogIn(supervisor, t)
      const card = supervisor.getByRole('listitem', { name: 'Ana Souza' })
      const act = (what: 'unlock' | 'end_session' | 'new_password') =>
        card.getByRole('button', { name: `${t(`desk:act.${what}`)}: Ana Souza` })
      /** From home to the act, as somebody who has just logged in. */
      async function inThree(what: 'unlock' | 'end_session' | 'new_password'): Promise<void> {
        await supervisor.goto('/home')
        const { press, type, taken } = countActions()
        await press(supervisor.getByRole('link', { name: t('home:console') }))
        await type(supervisor.getByRole('searchbox', { name: t('desk:search') }), 'an')
        await expect(act(what)).toBeVisible()
        await expectNoSidewaysScroll(supervisor)
        await press(act(what))
        expect(taken()).toBeLessThanOrEqual(3)
      }

      // Her browser crashed, and she sits at another desk.
      await person.context().clearCookies()
      await logIn(person, 'ana', goodPassword, t)
      await expect(person.getByRole('heading', { name: t('sign-in:already_logged_in') })).toBeVisible()
      await inThree('end_session')
      await expect(supervisor.getByText(t('desk:done.end_session', { name: 'Ana Souza' }))).toBeVisible()
      await logIn(person, 'ana', goodPassword, t)
      await expect(person.getByRole('heading', { name: t('home:welcome', { name: 'Ana Souza' }) })).toBeVisible()
      await person.goto('/home')
      await endOwnSession(person)

      await guessWrong(person, 5)
      await inThree('unlock')
      await expect(supervisor.getByText(t('desk:done.unlock', { name: 'Ana Souza' }))).toBeVisible()
      await expect(card.getByText(t('desk:outcome_free'), { exact: true })).toBeVisible()
      await logIn(person, 'ana', goodPassword, t)
      await expect(person.getByRole('heading', { name: t('home:welcome', { name: 'Ana Souza' }) })).toBeVisible()
      await endOwnSession(person)

      await guessWrong(person, 5)
      await inThree('new_password')
      const slip = supervisor.getByRole('article', { name: 'Ana Souza' })
      await expectNoSidewaysScroll(supervisor)
      await logIn(person, 'ana', await slip.locator('.password').innerText(), t)
      await fillNewPassword(person, `${goodPassword} again`, undefined, t)
      await saveAndLogIn(person, t)
      await expect(person.getByRole('heading', { name: t('home:welcome', { name: 'Ana Souza' }) })).toBeVisible()
    })
  })

test('nobody who works is thrown out by one press: it asks, with a reason, and is nothing that the desk offers first', async ({
  page,
  browser,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  const [, ana] = await floor(page, instance.username)
  const person = await (await browser.newContext({ baseURL: instance.url })).newPage()
  await logIn(person, 'ana', ana!)
  await fillNewPassword(person, goodPassword)
  await saveAndLogIn(person)
  await page.goto('/console/desk?search=ana')
  const card = page.getByRole('listitem', { name: 'Ana Souza' })
  await expect(card.getByText(/seen \d+ secs? ago/)).toBeVisible()
  const end = card.getByRole('button', { name: 'End session: Ana Souza' })
  await expect(card.locator('button[data-variant=filled]')).toHaveCount(0)
  await expect(card.getByText('Logged in and working').first()).toBeVisible()
  await expect(card.getByText('What keeps them out')).toBeHidden()
  await expect(card.locator('li[data-answer=stops]')).toHaveCount(0)
  await end.click()
  const dialog = page.getByRole('dialog', { name: 'End session' })
  await expect(dialog).toBeVisible()
  await person.reload()
  await expect(person.getByText('Logged in since')).toBeVisible()
  await dialog.getByLabel('Reason').fill('desk 12 is needed')
  await dialog.getByRole('button', { name: 'End session' }).click()
  await expect(person.getByRole('alert')).toContainText('desk 12 is needed')

  // Closed, and so the session is only in the way: one press.
  await logIn(person, 'ana', goodPassword)
  await expect(person.getByText('Logged in since')).toBeVisible()
  await person.close()
  await expect(card.getByText(/silent for/)).toBeVisible()
  await expect(end).toHaveAttribute('data-variant', 'filled')
  await end.click()
  await expect(page.getByText('The session of Ana Souza is ended.')).toBeVisible()
})

/** A team with its supervisor and one agent, both with slips; returns their initial passwords. */
async function floor(page: Page, _admin: string): Promise<string[]> {
  await addPerson(page, { username: 'lead', fullName: 'Lia Lead', email: null }, 'Supervisor')
  await addPerson(page, { username: 'ana', fullName: 'Ana Souza', email: null })
  return page.evaluate<string[]>(`(async () => {
    const read = async (url) => (await fetch(url)).json()
    const { formToken } = await read('/api/session')
    const send = async (url, body) => (await fetch(url, {
      method: 'POST', headers: { 'content-type': 'application/json', 'x-form-token': formToken }, body: JSON.stringify(body),
    })).json()
    const { accounts } = await read('/api/accounts')
    const idOf = (name) => accounts.find(({ username }) => username === name).id
    const { id } = await send('/api/teams', { name: 'North', supervisors: [idOf('lead')] })
    await send('/api/accounts/assign-team', { accountIds: [idOf('ana')], teamId: id })
    const { slips } = await send('/api/accounts/slips', { accountIds: [idOf('lead'), idOf('ana')] })
    return ['lead', 'ana'].map((name) => slips.find(({ username }) => username === name).initialPassword)
  })()`)
}

/** Logs out, and lets this browser be one that nobody knows. */
async function endOwnSession(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const formToken = document.querySelector('input[name=formToken]').value
    await fetch('/log-out', { method: 'POST', body: new URLSearchParams({ formToken }), redirect: 'manual' })
  })()`)
  await page.context().clearCookies()
}

/** Wrong passwords, as the login page sends them. */
async function guessWrong(page: Page, times: number): Promise<void> {
  await page.goto('/login')
  const statuses = await page.evaluate<number[]>(`(async () => {
    const formToken = document.querySelector('input[name=formToken]').value
    const statuses = []
    for (let i = 0; i < ${times}; i += 1) {
      const body = new URLSearchParams({ formToken, username: 'ana', password: 'guess ' + i })
      statuses.push((await fetch('/login', { method: 'POST', body })).status)
    }
    return statuses
  })()`)
  expect(new Set(statuses)).toEqual(new Set([401]))
}
