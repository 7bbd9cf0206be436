// The server's API, typed by the server's own schemas. Nothing else is shared with the server, and of these only the types.
import type { Static, TSchema } from 'typebox'
import type * as auditLog from '../../server/administration/audit-log/schemas.ts'
import type * as desk from '../../server/administration/desk/schemas.ts'
import type * as factors from '../../server/administration/factors/schemas.ts'
import type * as floor from '../../server/administration/floor/schemas.ts'
import type * as imports from '../../server/administration/imports/schemas.ts'
import type * as live from '../../server/administration/live/schemas.ts'
import type * as moduleAccess from '../../server/administration/module-access/schemas.ts'
import type * as ruleEditor from '../../server/administration/rule-editor/schemas.ts'
import type * as administration from '../../server/administration/users/schemas.ts'
import type * as profiles from '../../server/directory/profiles/schemas.ts'
import type * as teams from '../../server/directory/teams/schemas.ts'
import type * as messages from '../../server/outward/messages/schemas.ts'
import type * as modules from '../../server/outward/modules/schemas.ts'
import type * as recovery from '../../server/recovery/schemas.ts'
import type * as sessions from '../../server/sessions/schemas.ts'
import { connectionFound, connectionLost } from './connection.ts'
import { endSession } from './session-end.ts'

/** Every route that the console calls. A test compares them with those that are served. */
export type Routes = {
  'GET /api/session': typeof sessions.currentSessionRoute
  'GET /api/accounts': typeof administration.listAccountsRoute
  'GET /api/floor': typeof floor.readFloorRoute
  'GET /api/first-day': typeof floor.readFirstDayRoute
  'PUT /api/instance': typeof floor.setUpInstanceRoute
  'GET /api/accounts/groups': typeof administration.countGroupsRoute
  'GET /api/accounts/choices': typeof administration.accountChoicesRoute
  'GET /api/accounts/:id': typeof administration.getAccountRoute
  'POST /api/accounts/export': typeof administration.exportAccountsRoute
  'POST /api/accounts': typeof administration.createAccountRoute
  'PUT /api/accounts/:id': typeof administration.updateAccountRoute
  'POST /api/accounts/enable': typeof administration.enableAccountsRoute
  'POST /api/accounts/disable': typeof administration.disableAccountsRoute
  'POST /api/accounts/remove': typeof administration.removeAccountsRoute
  'POST /api/accounts/assign-profile': typeof administration.assignProfileRoute
  'POST /api/accounts/assign-team': typeof administration.assignTeamRoute
  'POST /api/accounts/slips': typeof administration.makeSlipsRoute
  'GET /api/rules': typeof ruleEditor.getRulesRoute
  'PUT /api/rules': typeof ruleEditor.changeRulesRoute
  'POST /api/rules/preview': typeof ruleEditor.previewRulesRoute
  'POST /api/rules/expire-passwords': typeof ruleEditor.expirePasswordsRoute
  'POST /api/accounts/messages': typeof administration.sendPasswordsRoute
  'GET /api/imports': typeof imports.listImportsRoute
  'GET /api/imports/:id': typeof imports.getImportRoute
  'PUT /api/imports/:id': typeof imports.checkImportRoute
  'GET /api/imports/:id/rows': typeof imports.listImportRowsRoute
  'GET /api/imports/:id/causes': typeof imports.listImportCausesRoute
  'POST /api/imports/:id/run': typeof imports.runImportRoute
  'POST /api/imports/:id/undo': typeof imports.undoImportRoute
  'GET /api/imports/:id/accounts': typeof imports.listImportedAccountsRoute
  'GET /api/desk': typeof desk.findPeopleRoute
  'POST /api/accounts/:id/login-checks': typeof desk.loginChecksRoute
  'POST /api/accounts/:id/unlock': typeof desk.unlockAccountRoute
  'POST /api/accounts/:id/extend-validity': typeof desk.extendAccountRoute
  'GET /api/accounts/:id/factors': typeof factors.listFactorsRoute
  'POST /api/accounts/:id/vouch': typeof factors.vouchRoute
  'POST /api/accounts/:id/code-sheet': typeof factors.makeCodeSheetRoute
  'POST /api/accounts/:id/reset-factors': typeof factors.resetFactorsRoute
  'GET /api/factor-rules': typeof factors.listFactorRulesRoute
  'PUT /api/factor-rules/:id': typeof factors.changeFactorRuleRoute
  'GET /api/factor-rules/:id/without-factor': typeof factors.listWithoutFactorRoute
  'GET /api/sessions': typeof live.listSessionsRoute
  'POST /api/sessions/end': typeof live.endSessionsRoute
  'POST /api/sessions/end-all': typeof live.endAllSessionsRoute
  'GET /api/accounts/:id/sessions': typeof live.listSessionsOfRoute
  'GET /api/seats': typeof live.seatsRoute
  'GET /api/seats/week-ago': typeof live.seatsWeekAgoRoute
  'GET /api/audit': typeof auditLog.listAuditRoute
  'POST /api/audit/export': typeof auditLog.exportAuditRoute
  'GET /api/messages': typeof messages.listMessagesRoute
  'POST /api/messages/:id/retry': typeof messages.retryMessageRoute
  'POST /api/mail/test': typeof messages.testMailRoute
  'GET /api/mail': typeof messages.mailStatusRoute
  'GET /api/profiles': typeof profiles.listProfilesRoute
  'GET /api/permissions': typeof profiles.listPermissionsRoute
  'POST /api/profiles': typeof profiles.createProfileRoute
  'PUT /api/profiles/:id': typeof profiles.changeProfileRoute
  'DELETE /api/profiles/:id': typeof profiles.removeProfileRoute
  'GET /api/teams': typeof teams.listTeamsRoute
  'POST /api/teams': typeof teams.createTeamRoute
  'PUT /api/teams/:id': typeof teams.changeTeamRoute
  'DELETE /api/teams/:id': typeof teams.removeTeamRoute
  'GET /api/modules': typeof modules.listModulesRoute
  'POST /api/modules': typeof modules.createModuleRoute
  'PUT /api/modules/:id': typeof modules.changeModuleRoute
  'DELETE /api/modules/:id': typeof modules.removeModuleRoute
  'POST /api/modules/:id/secrets': typeof modules.giveModuleSecretRoute
  'DELETE /api/modules/:id/secrets/:secretId': typeof modules.takeModuleSecretBackRoute
  'GET /api/modules/:id/logouts': typeof modules.listLogoutDeliveriesRoute
  'GET /api/modules/:id/refusals': typeof modules.listModuleRefusalsRoute
  'GET /api/modules/:id/people/:accountId': typeof moduleAccess.previewModuleClaimsRoute
  'GET /api/accounts/:id/modules': typeof moduleAccess.explainModuleAccessRoute
  'GET /api/recovery-requests': typeof recovery.listRecoveryRequestsRoute
  'POST /api/recovery-requests/:id/answer': typeof recovery.answerRecoveryRequestRoute
  'POST /api/recovery-requests/:id/refuse': typeof recovery.refuseRecoveryRequestRoute
}

type Part<Schema, Name extends string> = Schema extends { [N in Name]: infer Type extends TSchema } ? Static<Type> : undefined
type Good<Schema> = Schema extends { response: infer Responses }
  ? Responses extends { 200: infer Type extends TSchema } | { 201: infer Type extends TSchema }
    ? Static<Type>
    : undefined
  : undefined

/** What a route answers when all is well; undefined when it answers nothing. */
export type Answer<Route extends keyof Routes> = Good<Routes[Route]>
export type Body<Route extends keyof Routes> = Part<Routes[Route], 'body'>
export type Query<Route extends keyof Routes> = Part<Routes[Route], 'querystring'>

export type Input<Route extends keyof Routes> = { signal?: AbortSignal | undefined } & (Part<
  Routes[Route],
  'params'
> extends undefined
  ? { params?: undefined }
  : { params: Part<Routes[Route], 'params'> }) &
  (Body<Route> extends undefined ? { body?: undefined } : { body: Body<Route> }) & { query?: Query<Route> }

export type Fault = { field: string; code: string }

/** What the server refuses, and why. `code` is a key of locales/*\/problems.json. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly values: Record<string, string | number>
  readonly faults: readonly Fault[]
  readonly requestId: string | undefined

  constructor(
    status: number,
    body: { code?: string; title?: string; values?: Record<string, string | number>; faults?: Fault[]; requestId?: string },
  ) {
    super(body.title ?? `HTTP ${status}`)
    this.status = status
    this.code = body.code ?? 'internal_error'
    this.values = body.values ?? {}
    this.faults = body.faults ?? []
    this.requestId = body.requestId
  }
}

let formToken = ''

/** The value that every change must carry, so that no other site can send one. */
export function setFormToken(token: string): void {
  formToken = token
}

/**
 * Calls the server.
 * @throws ApiProblem
 */
export async function call<Route extends keyof Routes>(route: Route, input: Input<Route>): Promise<Answer<Route>> {
  const { params, body, query, signal } = input as {
    params?: Record<string, string>
    body?: unknown
    query?: object
    signal?: AbortSignal
  }
  const [method, pattern] = route.split(' ') as [string, string]
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params?.[name] ?? ''))
  const answer = await send(path + queryString(query), {
    method,
    signal: signal ?? null,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(method !== 'GET' && { 'x-form-token': formToken }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return (answer.status === 204 ? undefined : await answer.json()) as Answer<Route>
}

function queryString(query: object | undefined): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

/**
 * Sends a file as it is.
 * @throws ApiProblem
 */
export async function upload(url: string, file: File): Promise<unknown> {
  const headers = { 'content-type': 'application/octet-stream', 'x-form-token': formToken }
  return (await send(url, { method: 'POST', headers, body: file })).json()
}

/**
 * Has the server write a file, and saves it under the name that the server gives it.
 * @throws ApiProblem
 */
export async function download<Route extends 'POST /api/accounts/export' | 'POST /api/audit/export'>(
  route: Route,
  body: Body<Route>,
): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-form-token': formToken }
  const answer = await send(route.slice('POST '.length), { method: 'POST', headers, body: JSON.stringify(body) })
  const link = document.createElement('a')
  link.download = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? ''
  link.href = URL.createObjectURL(await answer.blob())
  link.click()
  URL.revokeObjectURL(link.href)
}

/** Sends a request as it is, with the session's end and every refusal understood. */
async function send(url: string, request: RequestInit): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(url, request)
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    connectionLost()
    throw new ApiProblem(0, { code: 'offline' })
  }
  connectionFound()
  if (answer.ok) return answer
  const problem = new ApiProblem(answer.status, await answer.json().catch(() => ({})))
  if (problem.code === 'not_signed_in') endSession(problem.values)
  throw problem
}
