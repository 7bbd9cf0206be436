// An Administrator registers a module, copies its settings, tries it for somebody, and exchanges its secret.
import { join } from 'node:path'
import { contentWidth, expectAccessible } from './looks.ts'
import { expect, logInForTheFirstTime, test } from './story.ts'

const pictures = process.env.SCREENS

test('a module is registered by recipe, its settings are there to copy, and its secret is shown once', async ({
  page,
  instance,
  server,
}) => {
  test.setTimeout(120_000)
  const look = async (name: string) => {
    for (const [scheme, width] of [
      ['light', 320],
      ['light', 1280],
      ['light', 1920],
      ['dark', 1280],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 900 })
      if (width !== 1920) await expectAccessible(page, `${name}, ${scheme}, ${width} px`)
      expect.soft(await contentWidth(page), `${name}, ${width} px`).toBeLessThanOrEqual(width)
      if (pictures !== undefined)
        await page.screenshot({ path: join(pictures, `${name}-${width}-${scheme}.png`), fullPage: true, animations: 'disabled' })
    }
    await page.setViewportSize({ width: 1280, height: 900 })
  }
  await logInForTheFirstTime(page, instance)
  await page.goto('/console')
  await page.getByRole('link', { name: 'Modules' }).click()
  await expect(page.getByText('No modules yet.')).toBeVisible()
  await look('modules-empty')
  await page.getByRole('link', { name: 'New module' }).click()
  await page.getByRole('radio', { name: 'FreePBX' }).check()
  await expect(page.getByText('FreePBX knows no protocol of ours.')).toBeVisible()
  await page.getByRole('radio', { name: 'Grafana' }).check()
  await page.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByText('This is required.')).toBeVisible()
  await page.getByLabel('Address', { exact: false }).fill('http://wallboard.example.com')
  await page.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByText('It must begin with https://.')).toBeVisible()
  await look('new-module')
  await page.getByLabel('Address', { exact: false }).fill('https://wallboard.example.com/')
  await page.getByRole('checkbox', { name: 'Administrator' }).check()
  await page.getByRole('button', { name: 'Register' }).click()

  await expect(page.getByRole('heading', { name: 'Grafana', level: 1 })).toBeVisible()
  await expect(page.getByText('This is the only time that the secret is shown.')).toBeVisible()
  const settings = page.getByRole('region', { name: 'What to copy' })
  await expect(settings).toContainText(`${instance.url}/oidc/auth`)
  await expect(settings).toContainText('login_attribute_path')
  await expect(page.getByLabel('Addresses to come back to')).toHaveValue('https://wallboard.example.com/login/generic_oauth')

  await page.getByRole('combobox', { name: 'Person' }).fill('admin')
  await page.getByRole('option', { name: /admin/ }).first().click()
  await expect(page.getByText('would be signed in.')).toBeVisible()
  await expect(page.getByText('It is given to Administrator')).toBeVisible()
  await expect(page.getByRole('region', { name: 'With groups' })).toContainText('"Administrator"')
  await look('module')

  // Without the address, and shown before that: what the module asked for in vain.
  await server.sql(
    `insert into audit_event (instance_id, event, actor_kind, detail)
      select instance_id, 'module_refused', 'visitor', jsonb_build_object('moduleId', id, 'error', 'invalid_redirect_uri', 'offered', 'https://wallboard.example.com/login')
      from module where name = 'Grafana'`,
  )
  await page.reload()
  await expect(page.getByText('This is the only time')).toBeHidden()
  await expect(settings).toContainText('shown once, when it was made')
  await page.getByRole('button', { name: 'Register this address' }).click()
  await expect(page.getByLabel('Addresses to come back to')).toHaveValue(
    /generic_oauth\nhttps:\/\/wallboard\.example\.com\/login$/,
  )
  await expect(page.getByRole('button', { name: 'Register this address' })).toBeHidden()

  await page.getByRole('button', { name: 'Make another secret' }).click()
  await expect(page.getByText('This is the only time')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Make another secret' })).toBeHidden()
  await page
    .getByRole('button', { name: /^Take back/ })
    .first()
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click()
  await expect(page.getByText('The secret is taken back.')).toBeVisible()

  await page.getByRole('link', { name: 'Modules' }).click()
  await expect(page.getByRole('row', { name: /Grafana/ })).toContainText('Administrator')
  await look('modules')
  await page.getByRole('link', { name: 'Audit' }).click()
  await expect(page.getByText('registered the module Grafana.')).toBeVisible()
  await expect(page.getByText('A module asked for something')).toBeVisible()

  await page.getByRole('link', { name: 'Modules' }).click()
  await page.getByRole('link', { name: 'Grafana' }).click()
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('No modules yet.')).toBeVisible()
})
