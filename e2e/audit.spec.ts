// The audit: what an Administrator did is read there, found there, and taken away from there.
import { addPerson, expect, logInForTheFirstTime, test } from './story.ts'

test('a rule is changed and somebody is created; the audit says who did it, from what to what, and why', async ({
  page,
  instance,
}) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await logInForTheFirstTime(page, instance)
  await page.goto('/console/password-rules')
  await page.getByLabel('Minimum length').fill('12')
  await page.getByRole('textbox', { name: /^Reason/ }).fill('Terminals of the old floor')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await addPerson(page, { username: 'ana', fullName: 'Ana Souza', email: null })

  await page.goto('/console/audit')
  const rule = page.getByRole('row', { name: /Administrator changed the password rules/ })
  await expect(rule).toContainText('Minimum length')
  await expect(rule).toContainText('15 → 12')
  await expect(rule).toContainText('Terminals of the old floor')
  await expect(page.getByText('Administrator created the account of Ana Souza.')).toBeVisible()
  await expect(page.getByText('The operator created the instance')).toBeVisible()

  await test.step('everything about one person, by name', async () => {
    await page.getByRole('link', { name: 'Ana Souza' }).click()
    await expect(rule).toBeHidden()
    await expect(page.getByRole('combobox', { name: 'Person' })).toHaveValue('Ana Souza (ana)')
    await page.reload()
    await expect(page.getByText('Administrator created the account of Ana Souza.')).toBeVisible()
  })

  await test.step('one kind of event, and the file of it', async () => {
    await page.goto('/console/audit')
    await page.getByRole('combobox', { name: 'Events' }).fill('Rules ch')
    await page.getByRole('option', { name: 'Rules changed' }).click()
    await expect(page).toHaveURL(/events=rules_changed/)
    await expect(rule).toBeVisible()
    await expect(page.getByText('created the account')).toHaveCount(0)
    await page.keyboard.press('Escape')
    await page.getByText('Export', { exact: true }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export as CSV' }).click()
    const stream = await (await download).createReadStream()
    const text = (await stream.toArray()).join('')
    expect(text.split('\r\n')[1]).toMatch(/,rules_changed,admin,Administrator,.*Terminals of the old floor/)
  })
})
