import { type TSchema, Type } from 'typebox'
import { languages } from '../../../contracts/languages.ts'
import {
  type Area,
  areas,
  type Clause,
  longestReason,
  type Reasons,
  type Rule,
  type RuleName,
  type Rules,
  ruleNames,
  type Unit,
} from '../../../contracts/rules.ts'
import { ProblemBody } from '../../platform/schemas.ts'
import { namesOf, ruleOf } from '../../rules/rule-catalogue.ts'
import type { AreaChange } from '../../rules/rule-faults.ts'

/** The values of rules, made from their catalogue. Ranges are judged in the use case, which names every field at once. */
function Values(names: readonly RuleName[]): TSchema {
  return Type.Object(Object.fromEntries(names.map((name) => [name, valueSchema(name)])), { additionalProperties: false })
}

function valueSchema(name: RuleName): TSchema {
  const rule = ruleOf(name)
  switch (rule.kind) {
    case 'number':
      return Type.Integer({ description: `In ${rule.unit.replaceAll('_', ' ')}, from ${rule.least} to ${rule.most}.` })
    case 'switch':
      return Type.Boolean()
    case 'languages':
      return Type.Array(Type.Enum(Object.keys(languages)), { maxItems: 10 })
  }
}

const Text = Type.String({ maxLength: 10 * longestReason })
const ReasonsOf = (names: readonly RuleName[]) =>
  Type.Object(Object.fromEntries(names.map((name) => [name, Type.Optional(Text)])), {
    additionalProperties: false,
    description: 'Why a rule goes against its clause, by the name of the rule.',
  })

export type RulesChange = AreaChange & { version: number }

const change = (area: Area) =>
  Type.Object(
    {
      area: Type.Literal(area),
      version: Type.Integer({ minimum: 0, maximum: 2147483646, description: 'Of the rules that the change was made on.' }),
      values: Values(namesOf(area)),
      reasons: ReasonsOf(namesOf(area)),
    },
    { additionalProperties: false },
  )

const problems = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody }
const api = { tags: ['rules'], security: [{ session: [] }] }

/** A rule as the console shows it. `unit`, `least`, `most` and `clause` belong to numbers. */
export type ListedRule = {
  name: RuleName
  area: Area
  kind: Rule['kind']
  unit?: Unit
  default: number | boolean | readonly string[]
  least?: number
  most?: number
  clause?: Clause
}

const CatalogueRule = Type.Object({
  name: Type.Enum([...ruleNames]),
  area: Type.Enum([...areas]),
  kind: Type.Enum(['number', 'switch', 'languages']),
  unit: Type.Optional(Type.String()),
  default: Type.Union([Type.Number(), Type.Boolean(), Type.Array(Type.String())]),
  least: Type.Optional(Type.Integer()),
  most: Type.Optional(Type.Integer()),
  clause: Type.Optional(
    Type.Object(
      { keptFrom: Type.Optional(Type.Integer()), keptUpTo: Type.Optional(Type.Integer()), clauses: Type.Array(Type.String()) },
      { description: 'The values that keep a clause of NIST SP 800-63B-4 or ASVS 5.0; another one needs a reason.' },
    ),
  ),
})

export const getRulesRoute = {
  ...api,
  operationId: 'getRules',
  summary: 'The rules, what each may be, and why some go against a clause',
  response: {
    200: Type.Object({
      version: Type.Integer({ description: 'What a change must name; 0 while nothing was ever set.' }),
      values: Type.Unsafe<Rules>(Values(ruleNames)),
      reasons: Type.Unsafe<Reasons>(ReasonsOf(ruleNames)),
      catalogue: Type.Array(Type.Unsafe<ListedRule>(CatalogueRule)),
      passwordsChosenAfter: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
        description: 'When everybody was last asked to choose a new password.',
      }),
      refusesBreachedPasswords: Type.Boolean({ description: 'Whether the operator has a list of breached passwords.' }),
    }),
    ...problems,
  },
}

export const changeRulesRoute = {
  ...api,
  operationId: 'changeRules',
  summary: 'Change the rules of one area',
  description: 'They apply to the next password, the next login and the next request; every node has them within a second.',
  body: Type.Unsafe<RulesChange>(Type.Union(areas.map(change))),
  response: { 200: Type.Object({ version: Type.Integer() }), ...problems, 409: ProblemBody, 422: ProblemBody },
}

export const previewRulesRoute = {
  ...api,
  operationId: 'previewRules',
  summary: 'Judge a trial password by password rules that are not saved',
  description: 'Nothing of it is kept.',
  body: Type.Object(
    { values: Type.Unsafe<Partial<Rules>>(Values(namesOf('passwords'))), password: Type.String() },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object({
      accepted: Type.Boolean(),
      faults: Type.Array(Type.Object({ code: Type.String(), count: Type.Optional(Type.Integer()) })),
    }),
    ...problems,
    422: ProblemBody,
    503: ProblemBody,
  },
}

export const expirePasswordsRoute = {
  ...api,
  operationId: 'expirePasswords',
  summary: 'Ask everybody to choose a new password at the next login',
  description: 'Everybody, the caller too. Sessions live on.',
  body: Type.Object({}, { additionalProperties: false }),
  response: { 204: Type.Null(), ...problems },
}
