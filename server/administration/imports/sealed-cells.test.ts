// Whoever can write into the database, and has no key, makes nothing of the cells of an import.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { startFloor, upload } from '../../../test/import-floor.ts'
import { until } from '../../../test/nodes.ts'
import { deriveKeys, seal } from '../../platform/secret.ts'
import { cellsKey, openCells, sealCells } from './check-import.ts'

const keys = deriveKeys(randomBytes(32))
const place = { instanceId: 'one', importId: 'two', row: 3 }

test('cells are read at their own place: the instance, the import and the row that they were sealed for', () => {
  const sealed = sealCells(keys, ['ana', 'walnut'], place)
  assert.deepEqual(openCells(keys, sealed, place), ['ana', 'walnut'])
  for (const other of [{ instanceId: 'other' }, { importId: 'other' }, { row: 4 }])
    assert.throws(() => openCells(keys, sealed, { ...place, ...other }), JSON.stringify(other))
  assert.throws(() => openCells(deriveKeys(randomBytes(32)), sealed, place))
  // What version 0.1.0 left.
  assert.deepEqual(openCells(keys, seal(keys.of(cellsKey), '["ben"]', 'cells'), place), ['ben'])
})

test('a password whose sealed cells were moved to the row of somebody else is given to nobody', async (t) => {
  const { system, browser } = await startFloor(t)
  const { id } = await upload(
    browser,
    'Username,Full Name,Initial Password\nana,Ana Souza,walnut drifts over rails\nben,Ben Ortiz,lanterns beneath a tram\n',
  )
  await system.sql(
    `update import_row r set cells = other.cells from import_row other
     where other.import_id = r.import_id and r.row_number in (2, 3) and other.row_number in (2, 3) and other.row_number <> r.row_number`,
  )
  const run = await browser.sendJson('POST', `/api/imports/${id}/run`, {})
  assert.ok(run.status < 300, run.body)
  await until(() => system.logged().includes('unable to authenticate data'))
  assert.deepEqual(await system.sql("select username from account where username in ('ana', 'ben')"), [])
})
