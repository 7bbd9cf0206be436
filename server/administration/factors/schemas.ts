import { type TSchema, Type } from 'typebox'
import { demands, factorKinds, factorRuleRanges } from '../../../contracts/factors.ts'
import { longestReason } from '../../../contracts/rules.ts'
import { ProblemBody } from '../../platform/schemas.ts'

const Id = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })
const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const Moment = Type.String({ format: 'date-time' })
const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const api = { tags: ['factors'], security: [{ session: [] }] }
const params = Type.Object({ id: Id })
const Empty = Type.Object({}, { additionalProperties: false })
const Kind = Type.Enum([...factorKinds])

export const listFactorsRoute = {
  ...api,
  operationId: 'listFactors',
  summary: 'The second factors of an account, those of before too, and who of it waits for a supervisor',
  params,
  response: {
    200: Type.Object({
      factors: Type.Array(
        Type.Object({
          id: Type.String(),
          kind: Kind,
          name: Type.String({ description: 'What the person calls it; empty for what its kind is called.' }),
          state: Type.Enum(['live', 'disabled'] as const),
          madeAt: Moment,
          lastUsedAt: Nullable(Moment),
          lastUsedDevice: Nullable(Type.String()),
          lastUsedAddress: Nullable(Type.String()),
          codesLeft: Nullable(Type.Integer({ description: 'Of a code sheet.' })),
          disabledAt: Nullable(Moment),
          disabledReason: Nullable(Type.Enum(['removed', 'replaced', 'reset', 'copied'] as const)),
        }),
      ),
      waiting: Type.Array(
        Type.Object({ device: Type.String(), address: Type.String(), knowsBrowser: Type.Boolean(), askedAt: Moment }),
        { description: 'The login pages that show a number at this moment.' },
      ),
      codesWait: Nullable(
        Type.Object(
          { until: Nullable(Moment) },
          {
            description:
              'Until when codes wait after wrong ones; null in it where they are used up until a reset or a new sheet.',
          },
        ),
      ),
      vouching: Type.Boolean({ description: 'Whether people of its profile are vouched for.' }),
    }),
    ...problems,
    404: ProblemBody,
  },
}

export const vouchRoute = {
  ...api,
  operationId: 'vouch',
  summary: 'Vouch for a person who waits at the login page, by the number on their screen',
  description: 'Their login goes on by itself. Five wrong numbers, or five minutes, end it.',
  params,
  body: Type.Object({ number: Type.String({ maxLength: 100 }) }, { additionalProperties: false }),
  response: {
    200: Type.Object({ device: Type.String(), address: Type.String() }),
    ...problems,
    404: ProblemBody,
    409: ProblemBody,
    422: ProblemBody,
  },
}

export const makeCodeSheetRoute = {
  ...api,
  operationId: 'makeCodeSheet',
  summary: 'Make a new code sheet for an account, to hand over in person; it voids the one before',
  description: 'Takes a proof of who one is that is at most five minutes old (proof_too_old).',
  params,
  body: Empty,
  response: {
    200: Type.Object({
      accountId: Type.String(),
      username: Type.String(),
      fullName: Type.String(),
      language: Nullable(Type.String()),
      timeZone: Type.String(),
      codes: Type.Array(Type.String(), { description: 'By their numbers from 1 on. Shown this one time.' }),
    }),
    ...problems,
    404: ProblemBody,
    409: ProblemBody,
  },
}

export const resetFactorsRoute = {
  ...api,
  operationId: 'resetFactors',
  summary: 'Take an account all its second factors; its person sets a new one up before anything else',
  description: 'Ends the session. Takes a proof of who one is that is at most five minutes old (proof_too_old).',
  params,
  body: Empty,
  response: { 204: Type.Null(), ...problems, 404: ProblemBody, 409: ProblemBody },
}

const inRange = (name: keyof typeof factorRuleRanges) =>
  Type.Integer({ description: `From ${factorRuleRanges[name].least} to ${factorRuleRanges[name].most}.` })

const Rule = {
  demand: Type.Enum([...demands], {
    description: 'offered: whoever has a factor is asked for it. passkey: nothing else than a passkey will do.',
  }),
  requiredFrom: Nullable(
    Type.String({ maxLength: 40, description: 'From when on it is demanded, as ISO 8601; null for at once.' }),
  ),
  kinds: Type.Array(Kind, { uniqueItems: true, description: 'Which kinds people may set up.' }),
  graceDays: inRange('graceDays'),
  graceLogins: inRange('graceLogins'),
  vouching: Type.Boolean({ description: 'Whether supervisors vouch for people of the profile.' }),
  dailyVouches: inRange('dailyVouches'),
  sheetWithSlip: Type.Boolean({ description: 'Whether a code sheet comes with each slip.' }),
  reason: Type.String({ maxLength: 10 * longestReason, description: 'Why none is asked for; needed where it is off.' }),
}
const Version = Type.Integer({ minimum: 0, maximum: 2147483646, description: 'Of the rule that the change is made on.' })

export const listFactorRulesRoute = {
  ...api,
  operationId: 'listFactorRules',
  summary: 'What second factor is demanded of each profile, and how many of its people have none',
  response: {
    200: Type.Object({
      rules: Type.Array(
        Type.Object({
          profileId: Type.String(),
          profileName: Type.String(),
          version: Type.Integer(),
          withoutFactor: Type.Integer({ description: 'How many enabled accounts of the profile have no factor.' }),
          ...Rule,
        }),
      ),
    }),
    ...problems,
  },
}

export const changeFactorRuleRoute = {
  ...api,
  operationId: 'changeFactorRule',
  summary: 'Change what second factor is demanded of a profile',
  description: 'Holds from the next login. Takes a proof of who one is that is at most five minutes old (proof_too_old).',
  params,
  body: Type.Object({ version: Version, ...Rule }, { additionalProperties: false }),
  response: {
    200: Type.Object({ version: Type.Integer() }),
    ...problems,
    404: ProblemBody,
    409: ProblemBody,
    422: ProblemBody,
  },
}

export const listWithoutFactorRoute = {
  ...api,
  operationId: 'listWithoutFactor',
  summary: 'Who of a profile has no second factor',
  params,
  response: {
    200: Type.Object({
      accounts: Type.Array(Type.Object({ id: Type.String(), username: Type.String(), fullName: Type.String() }), {
        description: 'Five hundred at the most, by name.',
      }),
    }),
    ...problems,
  },
}
