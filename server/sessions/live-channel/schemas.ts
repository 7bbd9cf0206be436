import { Type } from 'typebox'
import { ProblemBody } from '../../platform/schemas.ts'

export const liveRoute = {
  operationId: 'live',
  summary: 'The live channel of this browser',
  description: `Server-sent events. While it is open it is the session's sign of life, and closing it starts the grace. A session has one: opening another one closes it. Each event's data is JSON:

- \`hello\`: it is open. \`warning\` is what \`warning\` would say, or null.
- \`beat\`: every 15 s.
- \`warning\`: the session ends in so many \`seconds\`; \`kind\` is \`idle\`, \`longest\` or \`hours\`. \`fine\` takes it back.
- \`ended\`: the session has ended: \`reason\`, and \`text\` for the person.
- \`changed\`: what is shown of these \`subjects\` may be out of date: \`requests\`, \`sessions\`.
- \`again\`: open it again at once, somewhere within so many milliseconds. Nothing else shows that the browser is still there.
- \`replaced\`: another page of the session has opened one.`,
  tags: ['session'],
  security: [{ session: [] }],
  headers: Type.Object({ accept: Type.String({ pattern: 'text/event-stream' }) }),
  response: {
    200: { description: 'The events.', content: { 'text/event-stream': { schema: Type.String() } } },
    400: ProblemBody,
    401: ProblemBody,
    503: ProblemBody,
  },
}
