import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Browser } from '../../../test/browser.ts'
import { anyText, notorious } from '../../../test/characters.ts'
import { rowsOf, run, startFloor, upload } from '../../../test/import-floor.ts'
import { readSheet, writeCsv, writeXlsx } from '../sheets/sheets.ts'

test('any character passes through upload, dry run, run, report, audit and exports, or its row is refused by name', async (t) => {
  const { system, browser } = await startFloor(t)
  const names = new Map<string, string>()
  for (const [pass, write] of [writeCsv, writeXlsx].entries()) {
    const people = [
      ...notorious.map((each) => `a${each}b`),
      // A pair of surrogates where what is shown of a refused cell is cut.
      ...[99, 49].map((most) => `${'x'.repeat(most)}\u{1f600}${'y'.repeat(2000)}`),
      ...fc.sample(anyText(30), 150).map((text) => text.toWellFormed().replaceAll('\ufffd', '')),
    ].map((text, index) => [`p${pass}-${index}`, text, index % 3 === 0 ? text : ''])
    const checked = await upload(browser, await buffer(write([['Username', 'Full Name', 'Team'], ...people])))
    assert.deepEqual([checked.state, checked.rows], ['checked', people.length])
    for (const page of [1, 2])
      for (const { row, verdict, problems } of await rowsOf(browser, checked, `page=${page}`))
        if (verdict === 'refused') assert.ok(problems.length > 0 && problems.every(({ column }) => column !== null), `row ${row}`)
    const done = await run(browser, checked)
    assert.equal(done.state, 'done')
    assert.ok(done.outcomes.created! > 20, 'most texts are names')
    const created = await system.sql<{ username: string; full_name: string }>(
      `select username, full_name from account where username like 'p${pass}-%'`,
    )
    const texts = new Map(people.map(([username, text]) => [username, text!.trim().normalize('NFC')]))
    for (const { username, full_name } of created) {
      assert.equal(full_name, texts.get(username))
      names.set(username, full_name)
    }
    const report = await exported(browser, `/api/imports/${done.id}/report`)
    assert.equal(report.length, people.length + 1)
    for (const [, username, name, result] of report)
      if (names.has(username!)) assert.deepEqual([name, result], [names.get(username!), 'created'])
  }
  for (const format of ['csv', 'xlsx']) {
    const accounts = new Map((await exported(browser, `/api/accounts/export?format=${format}`)).map((row) => [row[0], row[1]]))
    for (const [username, name] of names) assert.equal(accounts.get(username), name)
    const told = (await exported(browser, `/api/audit/export?format=${format}`)).filter(
      ([, event]) => event === 'account_created',
    )
    const audited = new Map(told.map((row) => JSON.parse(row[8]!)).map(({ username, fullName }) => [username, fullName]))
    for (const [username, name] of names) assert.equal(audited.get(username), name)
  }
})

async function exported(browser: Browser, url: string): Promise<string[][]> {
  const answer = url.includes('/export') ? await browser.sendJson('POST', url) : await browser.get(url)
  assert.equal(answer.status, 200, answer.body)
  const rows: string[][] = []
  for await (const { cells } of readSheet(Readable.from([answer.bytes]))) rows.push(cells as string[])
  return rows
}
