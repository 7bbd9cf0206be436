// Messages: mail to a person, from a durable queue to its delivery. What waits, what has left, what the mail server said.
// Owns message. Knows what each kind says and makes it when it leaves; knows not why one is wanted.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { actingAccount } from '../../directory/accounts/accounts.ts'
import { callerOf } from '../../platform/caller.ts'
import { apiFor } from '../../platform/policy.ts'
import { sessionOf } from '../../sessions/sessions.ts'
import { retryMessage } from './retry-message.ts'
import { listMessagesRoute, mailStatusRoute, retryMessageRoute, testMailRoute } from './schemas.ts'
import { type ListedMessage, listMessages } from './store.ts'
import { sendTestMessage, type TestNeeds } from './test-message.ts'

export { type DeliveryNeeds, deliverMessage } from './deliver-message.ts'
export { enqueueMessage, enqueueMessagesToNew } from './enqueue-message.ts'
export { type MessageKindName, messageKinds } from './kinds.ts'
export type { NoticeKindName } from './notice-message.ts'
export { retryMessage } from './retry-message.ts'
export { latestMessages, type MessageStanding, messageTidying } from './store.ts'
export { tellByMail } from './tell-by-mail.ts'
export { testMail, tryMail } from './test-message.ts'

export function messages(needs: TestNeeds): FastifyPluginAsyncTypebox {
  const { database, mailer } = needs

  return async (app) => {
    app.get('/api/messages', { schema: listMessagesRoute, config: apiFor('accounts.view') }, async (request) => {
      const { state, page = '1', size = '50' } = request.query
      const limit = Number(size)
      return database.in(request.instance, async (tx) => {
        const acting = await actingAccount(tx, sessionOf(request).accountId, 'accounts.view')
        const found = await listMessages(tx, acting, { state, limit, offset: (Number(page) - 1) * limit })
        return { messages: found.messages.map(listed), total: found.total }
      })
    })

    app.post(
      '/api/messages/:id/retry',
      { schema: retryMessageRoute, config: apiFor('accounts.new-password') },
      async (request, reply) => {
        await retryMessage(needs, request.instance, sessionOf(request).accountId, request.params.id)
        return reply.code(204).send(null)
      },
    )

    app.post('/api/mail/test', { schema: testMailRoute, config: apiFor('accounts.create') }, (request) =>
      sendTestMessage(needs, request.instance, sessionOf(request).accountId, request.body.email, callerOf(request)),
    )

    app.get('/api/mail', { schema: mailStatusRoute, config: apiFor('accounts.view') }, async () => ({ mail: mailer.goesTo }))
  }
}

function listed({ createdAt, sentAt, nextTryAt, ...message }: ListedMessage) {
  return {
    ...message,
    createdAt: createdAt.toISOString(),
    sentAt: sentAt?.toISOString() ?? null,
    nextTryAt: nextTryAt?.toISOString() ?? null,
  }
}
