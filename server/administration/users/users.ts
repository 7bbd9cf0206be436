// Administration: what Administrators and Supervisors do with accounts. Creating, changing, enabling, removing; slips.
// Owns no table: it writes through the features that do.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findHindrances, type Hindrance } from '../../authenticators/passwords/passwords.ts'
import { type ActingAccount, accountNotFound, actingAccount } from '../../directory/accounts/accounts.ts'
import { instanceUrl } from '../../instances/instances.ts'
import { latestMessages, type MessageStanding } from '../../outward/messages/messages.ts'
import { callerOf } from '../../platform/caller.ts'
import type { Transaction } from '../../platform/database.ts'
import { apiFor } from '../../platform/policy.ts'
import { findRules } from '../../rules/rules.ts'
import { findSeenSessions, type SeenSession, type SessionLimits, sessionOf } from '../../sessions/sessions.ts'
import { fileTypes, writeCsv, writeXlsx } from '../sheets/sheets.ts'
import { type Act, actOnAccounts } from './act-on-accounts.ts'
import { createAccount } from './create-account.ts'
import { exportAccounts } from './export-accounts.ts'
import { countGroups } from './group-store.ts'
import type { AdministrationNeeds } from './make-slips.ts'
import { makeSlips, slipBody } from './make-slips.ts'
import {
  accountChoicesRoute,
  assignProfileRoute,
  assignTeamRoute,
  countGroupsRoute,
  createAccountRoute,
  type DetailField,
  detailFields,
  disableAccountsRoute,
  enableAccountsRoute,
  exportAccountsRoute,
  getAccountRoute,
  listAccountsRoute,
  makeSlipsRoute,
  removeAccountsRoute,
  sendPasswordsRoute,
  updateAccountRoute,
} from './schemas.ts'
import { sendPasswords } from './send-passwords.ts'
import {
  type AccountDetails,
  findAccount,
  type ListedAccount,
  listAccounts,
  listProfileChoices,
  listTeamChoices,
} from './store.ts'
import { changeAccount } from './update-account.ts'

export { orLastAdministrator } from './act-on-each.ts'
export { type ListedAccount, listAccounts } from './store.ts'

export function administration(needs: AdministrationNeeds & { publicUrl: URL }): FastifyPluginAsyncTypebox {
  /** Reads as the account that asks, with what it may see at this moment. */
  const read = <T>(request: FastifyRequest, work: (tx: Transaction, acting: ActingAccount) => Promise<T>) =>
    needs.database.in(request.instance, async (tx) =>
      work(tx, await actingAccount(tx, sessionOf(request).accountId, 'accounts.view')),
    )

  const act = (request: FastifyRequest, accountIds: readonly string[], what: Act) =>
    actOnAccounts(needs, request.instance, sessionOf(request).accountId, accountIds, what, callerOf(request))

  return async (app) => {
    app.get('/api/accounts', { schema: listAccountsRoute, config: apiFor('accounts.view') }, async (request) => {
      const { sort = 'fullName', direction, page = '1', size = '50', ...filter } = request.query
      const limit = Number(size)
      return read(request, async (tx, acting) => {
        const order = { sort, descending: direction === 'desc', limit, offset: (Number(page) - 1) * limit }
        const { accounts, total } = await listAccounts(tx, acting, filter, order)
        const messages = await latestMessages(
          tx,
          accounts.map(({ id }) => id),
        )
        const rules = await findRules(tx)
        const hindrances = await findHindrances(tx, needs.keys, accounts, rules)
        const sessions = await seenSessions(tx, acting, accounts, rules)
        return {
          accounts: accounts.map((account) =>
            listed(account, hindrances.get(account.id), messages.get(account.id), sessions.get(account.id)),
          ),
          total,
        }
      })
    })

    // Screens that keep themselves up to date ask by themselves.
    const counts = apiFor('accounts.view', { automatic: true })
    app.get('/api/accounts/groups', { schema: countGroupsRoute, config: counts }, (request) =>
      read(request, async (tx, acting) => ({ groups: await countGroups(tx, acting, await findRules(tx)) })),
    )

    app.get('/api/accounts/choices', { schema: accountChoicesRoute, config: apiFor('accounts.view') }, (request) =>
      read(request, async (tx, acting) => {
        const [profiles, teams] = await Promise.all([listProfileChoices(tx, acting), listTeamChoices(tx, acting)])
        const { name, language, timeZone } = request.instance
        return {
          profiles,
          teams,
          mayLeaveWithoutTeam: acting.teams === 'all',
          instance: { name, url: instanceUrl(needs.publicUrl, request.instance), language, timeZone },
        }
      }),
    )

    // No GET, though it changes no account: it writes into the audit and starts a process, and a link on any page could ask for that.
    app.post(
      '/api/accounts/export',
      { schema: exportAccountsRoute, config: apiFor('accounts.export') },
      async (request, reply) => {
        const { format = 'csv', ...filter } = request.body
        const { accountId } = sessionOf(request)
        const rows = await exportAccounts(needs, request.instance, accountId, { format, ...filter }, callerOf(request))
        reply.header('content-disposition', `attachment; filename="accounts.${format}"`)
        reply.type(fileTypes[format])
        return (reply as FastifyReply).send(format === 'csv' ? writeCsv(rows) : writeXlsx(rows))
      },
    )

    app.get('/api/accounts/:id', { schema: getAccountRoute, config: apiFor('accounts.view') }, async (request) => {
      const { account, hindrance, messages, session } = await read(request, async (tx, acting) => {
        const account = await findAccount(tx, acting, request.params.id)
        if (account === undefined) throw accountNotFound()
        const rules = await findRules(tx)
        const hindrances = await findHindrances(tx, needs.keys, [account], rules)
        const sessions = await seenSessions(tx, acting, [account], rules)
        const messages = await latestMessages(tx, [account.id])
        return { account, hindrance: hindrances.get(account.id), messages, session: sessions.get(account.id) }
      })
      const { createdAt, version, disputedMove } = account
      const self = account.id === sessionOf(request).accountId
      const shared = listed(account, hindrance, messages.get(account.id), session)
      return {
        ...shared,
        ...detailsOf(account),
        createdAt: createdAt.toISOString(),
        version,
        self,
        disputedMove: disputedMove && { ...disputedMove, at: new Date(disputedMove.at).toISOString() },
      }
    })

    app.post('/api/accounts', { schema: createAccountRoute, config: apiFor('accounts.create') }, async (request, reply) => {
      const { id, slip } = await createAccount(
        needs,
        request.instance,
        sessionOf(request).accountId,
        request.body,
        callerOf(request),
      )
      return reply.code(201).send({ id, slip: slip && slipBody(slip) })
    })

    app.put('/api/accounts/:id', { schema: updateAccountRoute, config: apiFor('accounts.update') }, async (request, reply) => {
      await changeAccount(
        needs,
        request.instance,
        sessionOf(request).accountId,
        request.params.id,
        request.body,
        callerOf(request),
      )
      return reply.code(204).send(null)
    })

    app.post('/api/accounts/enable', { schema: enableAccountsRoute, config: apiFor('accounts.update') }, (request) =>
      act(request, request.body.accountIds, { kind: 'enable' }),
    )
    app.post('/api/accounts/disable', { schema: disableAccountsRoute, config: apiFor('accounts.update') }, (request) =>
      act(request, request.body.accountIds, { kind: 'disable', reason: request.body.reason }),
    )
    app.post('/api/accounts/remove', { schema: removeAccountsRoute, config: apiFor('accounts.delete') }, (request) =>
      act(request, request.body.accountIds, { kind: 'remove' }),
    )
    app.post('/api/accounts/assign-profile', { schema: assignProfileRoute, config: apiFor('accounts.update') }, (request) =>
      act(request, request.body.accountIds, { kind: 'assign_profile', profileId: request.body.profileId }),
    )
    app.post('/api/accounts/assign-team', { schema: assignTeamRoute, config: apiFor('accounts.update') }, (request) =>
      act(request, request.body.accountIds, { kind: 'assign_team', teamId: request.body.teamId }),
    )

    app.post('/api/accounts/messages', { schema: sendPasswordsRoute, config: apiFor('accounts.new-password') }, async (request) =>
      sendPasswords(needs, request.instance, sessionOf(request).accountId, request.body.accountIds),
    )

    app.post('/api/accounts/slips', { schema: makeSlipsRoute, config: apiFor('accounts.new-password') }, async (request) => {
      const { accountIds } = request.body
      const { slips, refused } = await makeSlips(
        needs,
        request.instance,
        sessionOf(request).accountId,
        accountIds,
        callerOf(request),
      )
      return { slips: slips.map(slipBody), refused }
    })
  }
}

function detailsOf(account: AccountDetails): Pick<AccountDetails, DetailField> {
  return Object.fromEntries(detailFields.map((field) => [field, account[field]])) as Pick<AccountDetails, DetailField>
}

/** Where those of the accounts are that are logged in, for whoever may see sessions. */
async function seenSessions(
  tx: Transaction,
  { permissions }: ActingAccount,
  accounts: readonly ListedAccount[],
  limits: SessionLimits,
): Promise<Map<string, SeenSession>> {
  if (!permissions.includes('sessions.view')) return new Map()
  const ids = accounts.map(({ id }) => id)
  return findSeenSessions(tx, ids, limits)
}

function shownSession({ startedAt, device, address, silent }: SeenSession) {
  return { startedAt: startedAt.toISOString(), device, address, silent }
}

function listed(
  { lastLoginAt, ...account }: ListedAccount,
  hindrance: Hindrance | undefined,
  message: MessageStanding | undefined,
  session: SeenSession | undefined,
) {
  return {
    ...account,
    lock: hindrance?.lock === undefined ? null : { until: hindrance.lock.until?.toISOString() ?? null },
    passwordExpired: hindrance?.expired === true,
    session: session === undefined ? null : shownSession(session),
    lastLoginAt: lastLoginAt?.toISOString() ?? null,
    message: message === undefined ? null : { ...message, at: message.at.toISOString() },
  }
}
