// API documentation: what programs can do here, to be read in the browser. Made from the routes themselves.
// Owns no table.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendPage } from '../../platform/page.ts'
import { apiFor, pageFor } from '../../platform/policy.ts'
import { apiPage, type OpenApi } from './pages.ts'
import { apiPageRoute } from './schemas.ts'
import { shareComponents } from './share-components.ts'

export function apiDocumentation(): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/api/docs', { schema: apiPageRoute, config: pageFor('api.view') }, async (request, reply) =>
      sendPage(request, reply, 200, apiPage(request.view, app.swagger() as unknown as OpenApi)),
    )
    app.get('/api/openapi.json', { schema: apiPageRoute, config: apiFor('api.view') }, async (_request, reply) =>
      reply.type('application/json').send(JSON.stringify(shareComponents(app.swagger()))),
    )
  }
}
