import { Type } from 'typebox'
import { columnFields } from '../../../contracts/sheet-columns.ts'
import { ProblemBody } from '../../platform/schemas.ts'
import { encodings } from '../sheets/sheets.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const Page = Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,5}$' }))
const Moment = Type.Union([Type.String({ format: 'date-time' }), Type.Null()])
const Count = Type.Integer()
const Field = Type.Enum([...columnFields])
const NameOrder = Type.Enum(['first_last', 'last_first'])
const Encoding = Type.Enum([...encodings])
const OnExisting = Type.Enum(['skip', 'update', 'refuse'])
const Verdict = Type.Enum(['create', 'change', 'skip', 'refused'])
const Outcome = Type.Enum(['created', 'changed', 'skipped', 'refused'])

const Import = Type.Object(
  {
    id: Type.String(),
    fileName: Type.String(),
    state: Type.Enum(['mapping', 'checking', 'checked', 'running', 'done', 'failed', 'undone']),
    onExisting: OnExisting,
    failReason: Type.Union([Type.String(), Type.Null()]),
    createdAt: Type.String({ format: 'date-time' }),
    startedAt: Moment,
    finishedAt: Moment,
    undoneAt: Moment,
  },
  { title: 'Import' },
)

const ImportDetails = Type.Object(
  {
    ...Import.properties,
    hasHeader: Type.Boolean(),
    nameOrder: NameOrder,
    sheets: Type.Array(Type.String(), { description: 'The sheets that can be seen and hold something; none of a text.' }),
    sheet: Type.Union([Type.String(), Type.Null()], { description: 'The one that was read.' }),
    encoding: Type.Union([Type.String(), Type.Null()], { description: 'What a text was read as.' }),
    credentials: Type.Object(
      { messages: Count, slips: Count },
      { description: 'How many of the people to be created would get a message, and how many need a slip.' },
    ),
    columns: Type.Array(
      Type.Object({
        name: Type.String({ description: 'Of the header; empty where there is none.' }),
        samples: Type.Array(Type.String(), { description: 'Of the first rows; none of a column that holds passwords.' }),
        field: Type.Union([Field, Type.Null()], { description: 'What the column holds; null when it is left out.' }),
      }),
    ),
    rows: Type.Integer({ description: 'Without the header.' }),
    verdicts: Type.Object(
      { create: Count, change: Count, skip: Count, refused: Count },
      { description: 'What the dry run found. In the state `mapping` there is none yet.' },
    ),
    outcomes: Type.Object(
      { created: Count, changed: Count, skipped: Count, refused: Count },
      { description: 'What has become of rows so far: the progress of the run.' },
    ),
  },
  { title: 'ImportDetails' },
)

const RowProblem = Type.Object({
  column: Type.Union([Field, Type.Null()]),
  value: Type.String({ description: 'What the cell holds. Never a password.' }),
  code: Type.String({ description: 'What is wrong. Stable.' }),
  note: Type.Boolean({ description: 'Whether it is only said, and no reason to refuse.' }),
  otherRow: Type.Optional(Type.Integer({ description: 'The row that it is about, besides this one.' })),
})

const Row = Type.Object({
  row: Type.Integer({ description: 'Its number in the spreadsheet, from 1.' }),
  username: Type.String(),
  fullName: Type.String(),
  verdict: Type.Union([Verdict, Type.Null()]),
  outcome: Type.Union([Outcome, Type.Null()]),
  problems: Type.Array(RowProblem),
})

const Cause = Type.Object({
  column: Type.Union([Field, Type.Null()]),
  code: Type.String(),
  note: Type.Boolean(),
  rows: Count,
  values: Type.Array(Type.Object({ value: Type.String(), rows: Count }), {
    description: 'Of names that are not there: what the cells say, at most 200.',
  }),
})

const Mend = Type.Object(
  {
    field: Field,
    to: Type.String({ maxLength: 1000 }),
    row: Type.Optional(Type.Integer({ minimum: 1, description: 'Only in this row.' })),
    from: Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description: 'Wherever the column says so, in any case.' })),
  },
  { additionalProperties: false },
)

const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const ofOne = { ...problems, 404: ProblemBody }
const api = { tags: ['imports'], security: [{ session: [] }] }
const params = Type.Object({ id: Id })
const csv = { 200: { description: 'A CSV file.', content: { 'text/csv': { schema: Type.String() } } } }

export const uploadRoute = {
  ...api,
  operationId: 'uploadImport',
  summary: 'Send a spreadsheet of accounts, and get its dry run',
  description:
    'The body is the file: XLSX, ODS, CSV or TXT, up to 50 MB and 100,000 rows. The first row may name the columns. ' +
    'Send it as application/octet-stream, with the form token in the header `x-form-token`.',
  querystring: Type.Object({
    name: Type.Optional(Type.String({ maxLength: 500, description: 'What the file is called.' })),
    sheet: Type.Optional(Type.String({ maxLength: 200, description: 'Which of several sheets is meant.' })),
    encoding: Type.Optional(Encoding),
    replaces: Type.Optional({ ...Id, description: 'An import that has not run, whose place this file takes.' }),
  }),
  response: { 201: ImportDetails, ...ofOne, 409: ProblemBody, 422: ProblemBody, 503: ProblemBody },
}

export const listImportsRoute = {
  ...api,
  operationId: 'listImports',
  summary: 'The last imports: the own ones, and everybody’s for who reaches every team',
  response: { 200: Type.Object({ imports: Type.Array(Import) }), ...problems },
}

export const getImportRoute = {
  ...api,
  operationId: 'getImport',
  summary: 'One import, with its columns, its counts and its progress',
  params,
  response: { 200: ImportDetails, ...ofOne },
}

export const checkImportRoute = {
  ...api,
  operationId: 'checkImport',
  summary: 'Say what the columns hold, what is to be done with usernames that exist and what is mended, and get the dry run',
  params,
  body: Type.Object(
    {
      mapping: Type.Array(Type.Union([Field, Type.Null()]), { minItems: 1, maxItems: 100 }),
      hasHeader: Type.Boolean(),
      onExisting: OnExisting,
      nameOrder: Type.Optional(NameOrder),
      mend: Type.Optional(Type.Array(Mend, { maxItems: 200 })),
    },
    { additionalProperties: false },
  ),
  response: { 200: ImportDetails, ...ofOne, 409: ProblemBody, 422: ProblemBody },
}

export const listImportRowsRoute = {
  ...api,
  operationId: 'listImportRows',
  summary: 'The rows of an import, a hundred at a time',
  params,
  querystring: Type.Object({
    verdict: Type.Optional(Verdict),
    outcome: Type.Optional(Outcome),
    code: Type.Optional(Type.String({ maxLength: 100, description: 'Only rows of which this is said.' })),
    column: Type.Optional(Field),
    problem: Type.Optional(Type.Literal('any', { description: 'Only rows of which there is something to say.' })),
    page: Page,
  }),
  response: { 200: Type.Object({ rows: Type.Array(Row), total: Count }), ...ofOne },
}

export const listImportCausesRoute = {
  ...api,
  operationId: 'listImportCauses',
  summary: 'What is to be said of the rows of an import, by its causes',
  params,
  response: { 200: Type.Object({ causes: Type.Array(Cause) }), ...ofOne },
}

export const runImportRoute = {
  ...api,
  operationId: 'runImport',
  summary: 'Let a checked import run',
  params,
  response: { 202: Type.Null(), ...ofOne, 409: ProblemBody },
}

export const undoImportRoute = {
  ...api,
  operationId: 'undoImport',
  summary: 'Take a whole import back, while none of its accounts has logged in',
  params,
  response: { 204: Type.Null(), ...ofOne, 409: ProblemBody },
}

export const listImportedAccountsRoute = {
  ...api,
  operationId: 'listImportedAccounts',
  summary: 'The accounts that an import created, a thousand at a time, such as for slips',
  params,
  querystring: Type.Object({ without: Type.Optional(Type.Literal('email')), page: Page }),
  response: { 200: Type.Object({ accountIds: Type.Array(Type.String()), total: Count }), ...ofOne },
}

export const reportRoute = {
  ...api,
  operationId: 'importReport',
  summary: 'What became of every row, as CSV',
  params,
  response: { ...csv, ...ofOne },
}

export const templateRoute = {
  ...api,
  operationId: 'importTemplate',
  summary: 'A sample CSV with every column',
  response: { ...csv, ...problems },
}
