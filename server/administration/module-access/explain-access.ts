import type { AccessCheck } from '../../../contracts/modules.ts'
import { actingAccount, lockSeenAccount } from '../../directory/accounts/accounts.ts'
import { type Access, findPerson, listAccess, managesModules } from '../../outward/modules/modules.ts'
import { moduleNotFound } from '../../outward/modules/problems.ts'
import { claimsOf, claimsOfScopes } from '../../outward/openid/claims.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { findRules } from '../../rules/rules.ts'
import { findLiveSessions } from '../../sessions/sessions.ts'

export type ExplainNeeds = { database: Database }

export type ExplainedAccess = {
  id: string
  name: string
  /** Whether a sign-in there would succeed now. */
  signsIn: boolean
  checks: { check: AccessCheck; passes: boolean; by: string[] }[]
}

/**
 * For each module, every condition of a sign-in there, and how a person stands to it.
 * @throws account_not_found, not_permitted
 */
export function explainAccess(
  { database }: ExplainNeeds,
  instance: { id: string },
  actorId: string,
  accountId: string,
): Promise<ExplainedAccess[]> {
  return database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, actorId, 'accounts.view')
    await lockSeenAccount(tx, acting, accountId)
    return explain(tx, accountId, await listAccess(tx, accountId))
  })
}

export type ClaimsPreview = { access: ExplainedAccess; scopes: { scope: string; claims: Record<string, unknown> }[] }

/**
 * What a module would hear of a person, and whether they would get in. Hands out nothing.
 * @throws module_not_found, account_not_found, not_permitted
 */
export function previewClaims(
  { database }: ExplainNeeds,
  instance: { id: string; name: string },
  actorId: string,
  { id, accountId }: { id: string; accountId: string },
): Promise<ClaimsPreview> {
  return database.in(instance, async (tx) => {
    await managesModules(tx, actorId)
    await lockSeenAccount(tx, await actingAccount(tx, actorId, 'modules.manage'), accountId)
    const [access] = await explain(tx, accountId, await listAccess(tx, accountId, id))
    if (access === undefined) throw moduleNotFound()
    const person = await findPerson(tx, accountId)
    const told: Record<string, unknown> = person === undefined ? {} : claimsOf(person, instance)
    const scopes = Object.entries(claimsOfScopes).map(([scope, names]) => ({
      scope,
      claims: Object.fromEntries(names.flatMap((name) => (told[name] === undefined ? [] : [[name, told[name]]]))),
    }))
    return { access, scopes: scopes.filter(({ claims }) => Object.keys(claims).length > 0) }
  })
}

async function explain(tx: Transaction, accountId: string, modules: readonly Access[]): Promise<ExplainedAccess[]> {
  const session = (await findLiveSessions(tx, [accountId], await findRules(tx))).get(accountId)
  return modules.map(({ id, name, moduleEnabled, accountEnabled, profile, team, may }) => {
    const by = [profile, team].filter((each) => each !== null)
    return {
      id,
      name,
      signsIn: may && session !== undefined,
      checks: [
        { check: 'module', passes: moduleEnabled, by: [] },
        { check: 'account', passes: accountEnabled, by: [] },
        { check: 'given', passes: by.length > 0, by },
        { check: 'session', passes: session !== undefined, by: [] },
      ],
    }
  })
}
