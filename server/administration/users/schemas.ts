import { type TSchema, Type } from 'typebox'
import {
  type AccountField,
  accountFieldNames,
  accountFields,
  type FieldKind,
  weekdays,
} from '../../../contracts/account-fields.ts'
import { accountGroups } from '../../../contracts/account-groups.ts'
import { accountStates } from '../../../contracts/account-states.ts'
import { ProblemBody } from '../../platform/schemas.ts'
import { SlipBody as Slip } from './slip-body.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const Text = Type.String({ maxLength: 1000 })
const Day = Type.String({ maxLength: 10, description: 'A day as YYYY-MM-DD.' })
const Named = Type.Object({ id: Type.String(), name: Type.String() })

export const LoginHours = Type.Record(
  Type.String({ pattern: `^(${weekdays.join('|')})$` }),
  Type.Array(Type.Tuple([Type.String({ maxLength: 5 }), Type.String({ maxLength: 5 })]), { maxItems: 5 }),
  { description: 'The hours in which the person may log in, in their own time zone: {"mon": [["08:00", "17:30"]]}.' },
)

type Kinds = typeof accountFields

/** The fields of an account, each with the schema of its kind. */
function fieldsOf<Field extends AccountField, Schemas extends Record<FieldKind, TSchema>>(
  fields: readonly Field[],
  schemas: Schemas,
) {
  return Object.fromEntries(fields.map((field) => [field, schemas[accountFields[field]]])) as {
    [Name in Field]: Schemas[Kinds[Name]]
  }
}

const AccountFields = fieldsOf(accountFieldNames, {
  name: Text,
  line: Nullable(Text),
  email: Nullable(Text),
  phone: Nullable(Text),
  profile: Id,
  team: Nullable(Id),
  language: Nullable(Text),
  time_zone: Nullable(Text),
  day: Nullable(Day),
  hours: Nullable(LoginHours),
})

/** What a list says of an account, and what stands there in another form. */
const listedFields = ['fullName', 'email', 'profileId', 'teamId', 'validFrom', 'validUntil'] as const
export type DetailField = Exclude<AccountField, (typeof listedFields)[number]>
export const detailFields = accountFieldNames.filter(
  (field): field is DetailField => !(listedFields as readonly string[]).includes(field),
)
const Said = Nullable(Type.String())
const DetailFields = fieldsOf(detailFields, {
  name: Type.String(),
  line: Said,
  email: Said,
  phone: Said,
  profile: Type.String(),
  team: Said,
  language: Said,
  time_zone: Said,
  day: Said,
  hours: Nullable(LoginHours),
})

const State = Type.Enum([...accountStates])
const Group = Type.Enum([...accountGroups])

const ListedAccount = Type.Object({
  id: Type.String(),
  username: Type.String(),
  fullName: Type.String(),
  email: Nullable(Type.String()),
  profile: Named,
  team: Nullable(Named),
  enabled: Type.Boolean(),
  disabledReason: Nullable(Type.String()),
  validFrom: Nullable(Type.String()),
  validUntil: Nullable(Type.String()),
  state: State,
  lock: Nullable(
    Type.Object(
      {
        until: Nullable(
          Type.String({ format: 'date-time', description: 'Null when the password is disabled until it is reset.' }),
        ),
      },
      { description: 'How wrong passwords keep the account out; null when they do not.' },
    ),
  ),
  passwordExpired: Type.Boolean({ description: 'Whether a lasting password has to be replaced at the next login.' }),
  lastLoginAt: Nullable(Type.String({ format: 'date-time' })),
  session: Nullable(
    Type.Object(
      {
        startedAt: Type.String({ format: 'date-time' }),
        device: Type.String(),
        address: Type.String(),
        silent: Type.Boolean({ description: 'Whether nothing was heard of it for so long that hardly anybody is there.' }),
      },
      { description: 'Where they are logged in now; null where they are not, and for whoever may not see sessions.' },
    ),
  ),
  mayChange: Type.Boolean({ description: 'Whether the account has no permission that the caller lacks.' }),
  message: Nullable(
    Type.Object(
      {
        state: Type.Enum(['waiting', 'sent', 'failed', 'void']),
        at: Type.String({ format: 'date-time', description: 'When it came into this state.' }),
        lastError: Nullable(Type.String({ description: 'What the mail server said to the last attempt.' })),
      },
      { description: 'How the last message to this account stands; null when there was none.' },
    ),
  ),
})

const Account = Type.Object({
  ...ListedAccount.properties,
  ...DetailFields,
  createdAt: Type.String({ format: 'date-time' }),
  disputedMove: Nullable(
    Type.Object(
      { at: Type.String({ format: 'date-time' }), device: Type.String(), address: Type.String() },
      {
        description:
          'That a session of this account was moved by somebody else, as its person says; null once they have another password. Device and address are empty for whoever may not see sessions.',
      },
    ),
  ),
  version: Type.Integer({ description: 'What a change must name, so that no change of somebody else is lost.' }),
  self: Type.Boolean({ description: 'Whether it is the account of the caller.' }),
})

const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const api = { tags: ['accounts'], security: [{ session: [] }] }
const params = Type.Object({ id: Id })

export const accountFilter = {
  search: Type.Optional(
    Type.String({ maxLength: 200, description: 'Words, each of which is part of the username, the name or the email address.' }),
  ),
  profile: Type.Optional(Id),
  team: Type.Optional(Type.Union([Id, Type.Literal('none')])),
  state: Type.Optional(State),
  group: Type.Optional(Group),
}

export const listAccountsRoute = {
  ...api,
  operationId: 'listAccounts',
  summary: 'The accounts within reach',
  querystring: Type.Object({
    ...accountFilter,
    sort: Type.Optional(Type.Enum(['fullName', 'username', 'email', 'lastLoginAt'])),
    direction: Type.Optional(Type.Enum(['asc', 'desc'])),
    page: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,5}$' })),
    size: Type.Optional(Type.String({ pattern: '^([1-9]\\d?|[1-4]\\d\\d|500)$' })),
  }),
  response: { 200: Type.Object({ accounts: Type.Array(ListedAccount), total: Type.Integer() }), ...problems },
}

export const countGroupsRoute = {
  ...api,
  operationId: 'countGroups',
  summary: 'How many accounts within reach are in each group that changes by itself',
  description:
    'Refused are those whose last login of today was refused for this cause, as long as nothing has settled it. Groups that tell of sessions are there for whoever may see sessions.',
  response: { 200: Type.Object({ groups: Type.Array(Type.Object({ group: Group, count: Type.Integer() })) }), ...problems },
}

export const accountChoicesRoute = {
  ...api,
  operationId: 'accountChoices',
  summary: 'The profiles and teams that the caller may give, and what an account has by default',
  response: {
    200: Type.Object({
      profiles: Type.Array(
        Type.Object({ id: Type.String(), name: Type.String(), builtIn: Type.Boolean(), mayGive: Type.Boolean() }),
      ),
      teams: Type.Array(Named),
      mayLeaveWithoutTeam: Type.Boolean(),
      instance: Type.Object({ name: Type.String(), url: Type.String(), language: Type.String(), timeZone: Type.String() }),
    }),
    ...problems,
  },
}

export const exportAccountsRoute = {
  ...api,
  operationId: 'exportAccounts',
  summary: 'The accounts of the list as a spreadsheet, safe against formulas',
  body: Type.Object({ ...accountFilter, format: Type.Optional(Type.Enum(['csv', 'xlsx'])) }),
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

export const getAccountRoute = {
  ...api,
  operationId: 'getAccount',
  summary: 'One account',
  params,
  response: { 200: Account, ...problems, 404: ProblemBody },
}

export const createAccountRoute = {
  ...api,
  operationId: 'createAccount',
  summary: 'Create an account, and its first credentials',
  body: Type.Object(
    {
      username: Text,
      ...AccountFields,
      enabled: Type.Boolean(),
      credentials: Type.Enum(['slip', 'message', 'none'], {
        description:
          'slip: an initial password is made now and answered once. message: one is sent to the email address. none: neither.',
      }),
    },
    { additionalProperties: false },
  ),
  response: { 201: Type.Object({ id: Type.String(), slip: Nullable(Slip) }), ...problems, 422: ProblemBody },
}

export const updateAccountRoute = {
  ...api,
  operationId: 'updateAccount',
  summary: 'Change an account',
  params,
  body: Type.Object(
    { ...AccountFields, version: Type.Integer({ minimum: 1, maximum: 2147483647 }) },
    { additionalProperties: false },
  ),
  response: { 204: Type.Null(), ...problems, 404: ProblemBody, 409: ProblemBody, 422: ProblemBody },
}

const Selection = { accountIds: Type.Array(Id, { minItems: 1, maxItems: 1000, uniqueItems: true }) }
const Refused = Type.Array(
  Type.Object(
    { accountId: Type.String(), code: Type.String() },
    { description: 'An account to which nothing was done, and why.' },
  ),
)

const Outcome = Type.Object({ done: Type.Integer(), refused: Refused }, { title: 'SelectionOutcome' })

/** What is done to a selection: each account by itself, so that one that refuses does not stop the others. */
const actOnSelection = <More extends Record<string, TSchema>>(operationId: string, summary: string, more: More) => ({
  ...api,
  operationId,
  summary,
  body: Type.Object({ ...Selection, ...more }, { additionalProperties: false }),
  response: { 200: Outcome, ...problems },
})

export const enableAccountsRoute = actOnSelection('enableAccounts', 'Enable accounts', {})
export const disableAccountsRoute = actOnSelection('disableAccounts', 'Disable accounts, which ends their sessions at once', {
  reason: Type.String({ maxLength: 200 }),
})
export const removeAccountsRoute = actOnSelection('removeAccounts', 'Remove accounts for ever', {})
export const assignProfileRoute = actOnSelection('assignProfile', 'Give accounts another profile', { profileId: Id })
export const assignTeamRoute = actOnSelection('assignTeam', 'Move accounts to another team, or out of theirs', {
  teamId: Nullable(Id),
})

export const makeSlipsRoute = {
  ...api,
  operationId: 'makeSlips',
  summary: 'Make new initial passwords and answer them once',
  description: 'Voids the password of each account, and ends its session.',
  body: Type.Object(Selection, { additionalProperties: false }),
  response: { 200: Type.Object({ slips: Type.Array(Slip), refused: Refused }), ...problems },
}

export const sendPasswordsRoute = {
  ...actOnSelection('sendPasswords', 'Send new initial passwords by mail', {}),
  description: 'When a message leaves, it voids the password of the account and ends its session.',
}
