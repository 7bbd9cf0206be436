// The live channel: server-sent events, one for each browser, by which an open page learns at once what it has to know, and by which
// the server knows that the page is open. Owns no table; which channel a session has stands in its row, which sessions/ writes.

import { PassThrough } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { actingAccount } from '../../directory/accounts/accounts.ts'
import type { Database } from '../../platform/database.ts'
import { visitFormToken } from '../../platform/forms.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { Notices } from '../../platform/notices.ts'
import { personalApi } from '../../platform/policy.ts'
import type { Keys } from '../../platform/secret.ts'
import { sessionOf } from '../sessions.ts'
import { watchChannels } from './channel-metrics.ts'
import type { Channels } from './channels.ts'
import { openEventSink } from './event-sink.ts'
import { liveRoute } from './schemas.ts'

export { type Channels, openChannels } from './channels.ts'

export type LiveChannelNeeds = { database: Database; keys: Keys; channels: Channels; notices: Notices; metrics: Metrics }

export function liveChannel({ database, keys, channels, notices, metrics }: LiveChannelNeeds): FastifyPluginAsyncTypebox {
  return async (app) => {
    watchChannels(metrics, () => ({ open: channels.count, hearsNotices: notices.alive }))
    app.addHook('onListen', async () => {
      notices.start()
      channels.start()
    })
    // Open streams would keep the server from closing.
    app.addHook('preClose', async () => channels.drain())
    app.addHook('onClose', async () => {
      await channels.close()
      await notices.close()
    })

    app.get(
      '/api/live',
      { schema: liveRoute, config: personalApi({ automatic: true }), exposeHeadRoute: false },
      async (request, reply) => {
        const { id, accountId, permissions } = sessionOf(request)
        const teams = permissions.includes('requests.answer') ? await teamsOf(request.instance, accountId) : []
        const stream = new PassThrough()
        const sink = openEventSink(stream)
        const visitToken = visitFormToken(request, keys.form)
        const lost = await channels.open(
          { instance: request.instance, sessionId: id, permissions, teams, view: request.view, visitToken },
          sink,
        )
        stream.once('close', lost)
        if (request.raw.socket.destroyed) stream.destroy()
        return (reply as FastifyReply)
          .headers({
            'content-type': 'text/event-stream; charset=utf-8',
            // What a proxy gathers or packs arrives too late.
            'cache-control': 'no-store, no-transform',
            'x-accel-buffering': 'no',
            // A connection that has carried a stream is not used again, so it does not keep a node from stopping.
            connection: 'close',
          })
          .send(stream)
      },
    )
  }

  function teamsOf(instance: { id: string }, accountId: string): Promise<'all' | readonly string[]> {
    return database.in(instance, async (tx) => (await actingAccount(tx, accountId, 'requests.answer')).teams)
  }
}
