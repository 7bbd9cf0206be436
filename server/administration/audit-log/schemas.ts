import { type TSchema, Type } from 'typebox'
import { auditEvents } from '../../../contracts/audit-events.ts'
import { ProblemBody } from '../../platform/schemas.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const Day = (description: string) => Type.Optional(Type.String({ format: 'date', pattern: '^(19|20)', description }))
const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const api = { tags: ['audit'], security: [{ session: [] }] }

const filter = {
  person: Type.Optional({ ...Id, description: 'An account, as who did it or whom it was done to.' }),
  events: Type.Optional(
    Type.String({ pattern: '^[a-z_]{1,40}(,[a-z_]{1,40}){0,59}$', description: 'What happened, with commas in between.' }),
  ),
  from: Day('The first day, in the time zone of the caller.'),
  to: Day('The last day, included.'),
  search: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'Words, each of which stands somewhere in the event: a name, a username, an address, a reason, a file.',
    }),
  ),
}

const Person = Type.Object({
  id: Type.String(),
  username: Type.String({ description: 'Empty when nothing is known of the account any more.' }),
  fullName: Type.String(),
  removed: Type.Boolean(),
})

export const listAuditRoute = {
  ...api,
  operationId: 'listAudit',
  summary: 'Who did what to whom, when and from where, within reach; the latest first',
  querystring: Type.Object({
    ...filter,
    after: Type.Optional(Type.String({ pattern: '^\\d{1,17}-\\d{1,18}$', description: '`next` of the page before.' })),
  }),
  response: {
    200: Type.Object({
      events: Type.Array(
        Type.Object({
          id: Type.String(),
          at: Type.String({ format: 'date-time' }),
          event: Type.Enum([...auditEvents]),
          actorKind: Type.Enum(['account', 'operator', 'visitor', 'system']),
          actor: Nullable(Person),
          subject: Nullable(Person),
          address: Nullable(Type.String()),
          device: Type.String({ description: 'What the browser called itself; empty when there was none, or it did not say.' }),
          detail: Type.Record(Type.String(), Type.Unknown(), { description: 'What else is known, by event.' }),
        }),
      ),
      next: Nullable(Type.String({ description: 'What the next page is asked for with; null when there is none.' })),
      searchedTo: Nullable(
        Type.String({ format: 'date-time', description: 'How far back this page looked, when it did not look through all.' }),
      ),
      names: Type.Record(Type.String(), Type.String(), {
        description: 'The names of the profiles, and of the teams within reach, whose ids stand in the details.',
      }),
    }),
    ...problems,
  },
}

export const exportAuditRoute = {
  ...api,
  operationId: 'exportAudit',
  summary: 'The audit of the list as a spreadsheet, 100,000 events at the most, safe against formulas',
  body: Type.Object({ ...filter, format: Type.Optional(Type.Enum(['csv', 'xlsx'])) }),
  response: {
    200: {
      description: 'A CSV or XLSX file.',
      content: {
        'text/csv': { schema: Type.String() },
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { schema: Type.String() },
      },
    },
    ...problems,
    503: ProblemBody,
  },
}
