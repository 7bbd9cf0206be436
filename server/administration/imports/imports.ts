// Imports: accounts from spreadsheets. Upload, dry run, run, report, undo.
// Owns import and import_row; accounts, passwords and audit rows are written by the features that own them.

import type { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ActingAccount, actingAccount } from '../../directory/accounts/accounts.ts'
import { callerOf } from '../../platform/caller.ts'
import type { Transaction } from '../../platform/database.ts'
import { apiFor } from '../../platform/policy.ts'
import { requestInvalid } from '../../platform/problem.ts'
import { sessionOf } from '../../sessions/sessions.ts'
import { type Cell, cutText, sheetLimits, writeCsv } from '../sheets/sheets.ts'
import { countCredentials, listCauses } from './causes-store.ts'
import { type CheckNeeds, checkImport, openCells } from './check-import.ts'
import { mostRowsAbove } from './columns.ts'
import type { ImportRunner } from './import-runner.ts'
import { importNotFound } from './problems.ts'
import { type RunNeeds, startImport } from './run-import.ts'
import {
  checkImportRoute,
  getImportRoute,
  listImportCausesRoute,
  listImportedAccountsRoute,
  listImportRowsRoute,
  listImportsRoute,
  reportRoute,
  runImportRoute,
  templateRoute,
  undoImportRoute,
  uploadRoute,
} from './schemas.ts'
import { countRows, findImport, type Import, listCreated, listImports, listRows, readRows } from './store.ts'
import { takeUpload } from './take-upload.ts'
import { undoImport } from './undo-import.ts'
import { namesOf, reportRows, templateRows } from './write-report.ts'

export { type ImportRunner, openImportRunner } from './import-runner.ts'
export { forgetPerson, importTidying } from './store.ts'

const rowsOfPage = 100
const accountsOfPage = 1000
const sampleRows = 3
const config = apiFor('accounts.import')

export function imports(needs: RunNeeds & CheckNeeds & { runner: ImportRunner }): FastifyPluginAsyncTypebox {
  /** Reads as the account that asks, with what it may see at this moment. */
  const read = <T>(request: FastifyRequest, work: (tx: Transaction, acting: ActingAccount) => Promise<T>) =>
    needs.database.in(request.instance, async (tx) =>
      work(tx, await actingAccount(tx, sessionOf(request).accountId, 'accounts.import')),
    )

  const readOne = <T>(request: FastifyRequest, importId: string, work: (tx: Transaction, found: Import) => Promise<T>) =>
    read(request, async (tx, acting) => {
      const found = await findImport(tx, acting, importId)
      if (found === undefined) throw importNotFound()
      return work(tx, found)
    })

  const details = (request: FastifyRequest, importId: string) =>
    readOne(request, importId, (tx, found) => detailsOf(tx, request.instance.id, found))

  async function detailsOf(tx: Transaction, instanceId: string, found: Import) {
    const [counts, credentials, first] = await Promise.all([
      countRows(tx, found),
      countCredentials(tx, found.id),
      readRows(tx, found.id, 0, mostRowsAbove + sampleRows),
    ])
    const rows = first.map(({ row, cells }) => ({
      row,
      cells: cells === null ? [] : openCells(needs.keys, cells, { instanceId, importId: found.id, row }),
    }))
    const header = rows.find(({ row }) => row === found.headerRow)?.cells ?? []
    const samples = rows.filter(({ row }) => row > (found.headerRow ?? 0))
    const width = Math.max(found.mapping.length, ...rows.map(({ cells }) => cells.length))
    const columns = Array.from({ length: width }, (_, index) => {
      const field = found.mapping[index] ?? null
      return {
        name: shownCell(header[index]),
        samples: field === 'password' ? [] : samples.slice(0, sampleRows).map(({ cells }) => shownCell(cells[index])),
        field,
      }
    })
    const { nameOrder, sheets, sheet, encoding } = found
    const hasHeader = found.headerRow !== null
    return { ...shown(found), ...counts, credentials, nameOrder, sheets, sheet, encoding, hasHeader, columns }
  }

  return async (app) => {
    // The body is the file itself and goes on as it comes.
    app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))

    app.post(
      '/api/imports',
      { schema: uploadRoute, config: apiFor('accounts.import', { slowBody: true }) },
      async (request, reply) => {
        if (Number(request.headers['content-length'] ?? 0) > sheetLimits.fileBytes + 1024) reply.header('connection', 'close')
        if (request.headers['content-type'] !== 'application/octet-stream')
          throw requestInvalid('The body must be the file, as application/octet-stream.', 415)
        const { name: fileName = '', ...choice } = request.query
        const upload = { ...choice, fileName, file: request.body as Readable }
        const importId = await takeUpload(needs, request.instance, sessionOf(request).accountId, upload)
        return reply.code(201).send(await details(request, importId))
      },
    )

    app.get('/api/imports', { schema: listImportsRoute, config }, (request) =>
      read(request, async (tx, acting) => ({ imports: (await listImports(tx, acting)).map(shown) })),
    )

    app.get('/api/imports/template', { schema: templateRoute, config }, async (_request, reply) =>
      sendCsv(reply, 'accounts.csv', templateRows),
    )

    app.get('/api/imports/:id', { schema: getImportRoute, config }, (request) => details(request, request.params.id))

    app.put('/api/imports/:id', { schema: checkImportRoute, config }, async (request) => {
      const { id } = request.params
      await checkImport(needs, request.instance, sessionOf(request).accountId, id, request.body, callerOf(request))
      return details(request, id)
    })

    app.get('/api/imports/:id/rows', { schema: listImportRowsRoute, config }, (request) =>
      readOne(request, request.params.id, async (tx, found) => {
        const { verdict, outcome, problem, code, column, page = '1' } = request.query
        const cause = code === undefined ? undefined : { code, column }
        const place = { limit: rowsOfPage, offset: (Number(page) - 1) * rowsOfPage }
        const { rows, total } = await listRows(tx, found, { verdict, outcome, problem: problem === 'any', cause }, place)
        return { rows: rows.map(shownRow), total }
      }),
    )

    app.get('/api/imports/:id/causes', { schema: listImportCausesRoute, config }, (request) =>
      readOne(request, request.params.id, async (tx, found) => ({ causes: await listCauses(tx, found) })),
    )

    app.post('/api/imports/:id/run', { schema: runImportRoute, config }, async (request, reply) => {
      await startImport(needs, request.instance, sessionOf(request).accountId, request.params.id, callerOf(request))
      needs.runner.begin(request.instance, request.params.id)
      return reply.code(202).send(null)
    })

    app.post('/api/imports/:id/undo', { schema: undoImportRoute, config }, async (request, reply) => {
      await undoImport(needs, request.instance, sessionOf(request).accountId, request.params.id, callerOf(request))
      return reply.code(204).send(null)
    })

    app.get('/api/imports/:id/accounts', { schema: listImportedAccountsRoute, config }, (request) =>
      readOne(request, request.params.id, (tx, found) => {
        const { without, page = '1' } = request.query
        const place = { limit: accountsOfPage, offset: (Number(page) - 1) * accountsOfPage }
        return listCreated(tx, found.id, without === 'email', place)
      }),
    )

    app.get('/api/imports/:id/report', { schema: reportRoute, config }, async (request, reply) => {
      const found = await readOne(request, request.params.id, async (_tx, found) => found)
      return sendCsv(reply, 'import-report.csv', reportRows(needs.database, request.instance, found, request.view.t))
    })
  }
}

function sendCsv(
  reply: FastifyReply,
  fileName: string,
  rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>,
): FastifyReply {
  reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${fileName}"`)
  return reply.send(writeCsv(rows))
}

function shown({ id, fileName, state, onExisting, failReason, createdAt, startedAt, finishedAt, undoneAt }: Import) {
  const moment = (at: Date | null) => at?.toISOString() ?? null
  return {
    id,
    fileName,
    state: state as Exclude<Import['state'], 'reading'>,
    onExisting,
    failReason,
    createdAt: createdAt.toISOString(),
    startedAt: moment(startedAt),
    finishedAt: moment(finishedAt),
    undoneAt: moment(undoneAt),
  }
}

function shownRow({ row, fields, problems, verdict, outcome }: Awaited<ReturnType<typeof listRows>>['rows'][number]) {
  const [username, fullName] = namesOf({ fields, problems })
  return { row, username, fullName, verdict, outcome, problems: problems.map((each) => ({ ...each, note: each.note ?? false })) }
}

function shownCell(cell: Cell | undefined): string {
  return cutText(typeof cell === 'object' ? cell.text : (cell ?? ''), 100)
}
