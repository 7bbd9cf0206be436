// Console: the web application for everybody who works with accounts. Here is only its page and its files; what it does it does by the API.
// Owns no table.

import { randomBytes } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acceptsBrotli } from '../../platform/compress.ts'
import { everywhere, permit, personalPage } from '../../platform/policy.ts'
import { notFound } from '../../platform/problem.ts'
import type { Keys } from '../../platform/secret.ts'
import { describeSession } from '../../sessions/sessions.ts'
import { openConsoleFiles } from './console-files.ts'
import { consolePage } from './pages.ts'
import { fileRoute, screenRoute } from './schemas.ts'

/** What the screens that most begin with ask for first, as they do. */
function asked(url: string, { permissions }: { permissions: readonly string[] }): readonly string[] {
  if (/^\/console\/users\/?$/.test(url) && permissions.includes('accounts.update'))
    return ['/api/accounts?page=1&size=50', '/api/accounts/choices', '/api/accounts/groups', '/api/mail']
  if (/^\/console\/?$/.test(url) && permissions.includes('accounts.view') && permissions.includes('sessions.view'))
    return ['/api/floor', '/api/accounts/groups']
  return []
}

export function consolePages({ keys }: { keys: Keys }): FastifyPluginAsyncTypebox {
  return async (app) => {
    const files = openConsoleFiles()
    const show = async (request: FastifyRequest, reply: FastifyReply) => {
      // Styles that the console makes while it runs are let in by this value, and by nothing else. Source: CSP Level 3, 2.3.1.
      const nonce = randomBytes(16).toString('base64')
      permit(reply, { 'style-src': [`'nonce-${nonce}'`] })
      const session = describeSession(request, reply, keys)
      const [, screen = ''] = /^\/console\/([\w-]+)/.exec(request.url) ?? []
      const first = session.permissions.includes('sessions.view') ? 'start' : 'desk'
      const page = consolePage(request.view, {
        files,
        nonce,
        screen: screen || first,
        asked: asked(request.url, session),
        session,
      })
      return reply.type('text/html; charset=utf-8').send(String(page))
    }
    app.get('/console', { schema: { hide: true }, config: personalPage }, show)
    app.get('/console/*', { schema: screenRoute, config: personalPage }, show)

    app.get('/assets/console/:name', { schema: fileRoute, config: everywhere('page') }, async (request, reply) => {
      const file = files.find(request.params.name)
      if (file === undefined) throw notFound()
      const compressed = acceptsBrotli(request.headers['accept-encoding'])
      if (compressed) reply.header('content-encoding', 'br')
      return reply
        .type(file.type)
        .header('vary', 'accept-encoding')
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(compressed ? file.compressed : file.plain)
    })
  }
}
