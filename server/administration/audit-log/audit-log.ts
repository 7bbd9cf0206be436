// Audit log: reading and exporting the audit, within reach. Owns no table: audit/ writes it and knows of no accounts; here they get names.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { callerOf } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { apiFor } from '../../platform/policy.ts'
import { sessionOf } from '../../sessions/sessions.ts'
import { fileTypes, writeCsv, writeXlsx } from '../sheets/sheets.ts'
import { exportAudit } from './export-audit.ts'
import { readAudit } from './read-audit.ts'
import { exportAuditRoute, listAuditRoute } from './schemas.ts'
import { type AuditFilter, placeFrom } from './store.ts'

const pageSize = 50

export function auditLog({ database }: { database: Database }): FastifyPluginAsyncTypebox {
  const config = apiFor('audit.view')

  return async (app) => {
    app.get('/api/audit', { schema: listAuditRoute, config }, async (request) => {
      const { after, ...query } = request.query
      const place = { after: after === undefined ? undefined : placeFrom(after), limit: pageSize }
      const page = await readAudit(database, request.instance, sessionOf(request), filterOf(query), place)
      return {
        ...page,
        events: page.events.map(({ at, ...event }) => ({ ...event, at: at.toISOString() })),
        next: page.next ? `${page.next.at}-${page.next.id}` : null,
        searchedTo: page.searchedTo?.toISOString() ?? null,
      }
    })

    // No GET: it writes into the audit and starts a process, and a link on any page could ask for that.
    app.post('/api/audit/export', { schema: exportAuditRoute, config }, async (request, reply) => {
      const { format = 'csv', ...query } = request.body
      const filter = { format, ...filterOf(query) }
      const rows = await exportAudit(database, request.instance, sessionOf(request), filter, callerOf(request))
      reply.header('content-disposition', `attachment; filename="audit.${format}"`)
      reply.type(fileTypes[format])
      return (reply as FastifyReply).send(format === 'csv' ? writeCsv(rows) : writeXlsx(rows))
    })
  }
}

function filterOf({ events, ...rest }: Omit<AuditFilter, 'events'> & { events?: string | undefined }): AuditFilter {
  return { ...rest, ...(events !== undefined && { events: [...new Set(events.split(','))] }) }
}
