import { sql } from 'kysely'
import type { ActingAccount } from '../../directory/accounts/accounts.ts'
import type { Transaction } from '../../platform/database.ts'
import { removeSome, type TidyStep } from '../../platform/tidying.ts'
import { findRules } from '../../rules/rules.ts'

export type MessageState = 'waiting' | 'sent' | 'failed' | 'void'

/** A message that is to leave, with what is said of the instance in it. */
export type Message = {
  id: string
  accountId: string
  kind: string
  requestedBy: string | null
  toAddress: string
  notice: boolean
  about: Record<string, unknown>
  instanceName: string
  hostname: string
  instanceLanguage: string
}

/** How far an account's last message has come. `at` is when it came into this state. */
export type MessageStanding = { state: MessageState; at: Date; lastError: string | null }

export type ListedMessage = {
  id: string
  account: { id: string; username: string; fullName: string }
  kind: string
  to: string
  state: MessageState
  attempts: number
  lastError: string | null
  createdAt: Date
  sentAt: Date | null
  nextTryAt: Date | null
}

/** How long a message is tried for, and how the time between two attempts grows, in seconds; see also queue.ts. */
const triedFor = sql`interval '1 day'`
const nextTry = sql<Date>`clock_timestamp() + least(900, 10 * 2 ^ least(attempts, 16)) * interval '1 second'`

type NewMessage = { kind: string; toAddress: string; requestedBy: string | null; credentialVersion: number }

/**
 * Adds a message to an account that is locked, and takes away the place of one that still waits. Returns both ids; undefined when
 * the account was sent as many in the last hour. The lock takes those who count at the same moment one after the other.
 */
export async function insertMessage(
  tx: Transaction,
  accountId: string,
  row: NewMessage,
  mostPerHour: number | undefined,
): Promise<{ instanceId: string; id: string } | undefined> {
  if (mostPerHour !== undefined && (await countOfLastHour(tx, accountId, row.kind)) >= mostPerHour) return undefined
  await tx
    .updateTable('message')
    .set({ state: 'void', stateAt: sql`clock_timestamp()`, nextTryAt: null })
    .where('accountId', '=', accountId)
    .where('kind', '=', row.kind)
    .where('state', '=', 'waiting')
    .execute()
  return tx
    .insertInto('message')
    .values({ accountId, ...row })
    .returning(['instanceId', 'id'])
    .executeTakeFirstOrThrow()
}

/** Adds a message to each of these accounts that has an address; returns the ids. For accounts that are new in this transaction. */
export async function insertMessages(
  tx: Transaction,
  accountIds: readonly string[],
  { kind, requestedBy }: { kind: string; requestedBy: string },
): Promise<{ instanceId: string; id: string }[]> {
  const { rows } = await sql<{ instanceId: string; id: string }>`
    insert into message (account_id, kind, to_address, requested_by, credential_version)
    select a.id, ${kind}, a.email, ${requestedBy}::uuid, a.credential_version
    from unnest(${accountIds as string[]}::uuid[]) as k (id)
    cross join lateral (select * from account where id = k.id limit 1) as a where a.email is not null and a.enabled
    returning instance_id, id`.execute(tx)
  return rows
}

/** Adds notices of one kind in one statement, and returns their ids. */
export async function insertNotices(
  tx: Transaction,
  { kind, requestedBy }: Pick<NewMessage, 'kind' | 'requestedBy'>,
  notices: readonly (Pick<NewMessage, 'toAddress' | 'credentialVersion'> & {
    accountId: string
    about: Record<string, unknown>
  })[],
): Promise<{ instanceId: string; id: string }[]> {
  const { rows } = await sql<{ instanceId: string; id: string }>`
    insert into message (account_id, kind, to_address, requested_by, credential_version, notice, about)
    select "accountId", ${kind}, "toAddress", ${requestedBy}::uuid, "credentialVersion", true, about
    from jsonb_to_recordset(${JSON.stringify(notices)}::jsonb)
      as r ("accountId" uuid, "toAddress" text, "credentialVersion" integer, about jsonb)
    returning instance_id, id`.execute(tx)
  return rows
}

async function countOfLastHour(tx: Transaction, accountId: string, kind: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from message
    where account_id = ${accountId} and kind = ${kind} and created_at > clock_timestamp() - interval '1 hour'`.execute(tx)
  return rows[0]!.count
}

/** How many test messages an account has sent in the last hour, as the audit has them. Call with the account locked. */
export async function countTestMessages(tx: Transaction, accountId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from audit_event
    where actor_account_id = ${accountId} and event = 'mail_tested' and at > clock_timestamp() - interval '1 hour'`.execute(tx)
  return rows[0]!.count
}

export async function findMessage(tx: Transaction, id: string): Promise<Message | undefined> {
  return tx
    .selectFrom('message')
    .innerJoin('instance', 'instance.id', 'message.instanceId')
    .select([
      'message.id',
      'message.accountId',
      'message.kind',
      'message.requestedBy',
      'message.toAddress',
      'message.notice',
      'message.about',
      'instance.name as instanceName',
      'instance.hostname',
      'instance.language as instanceLanguage',
    ])
    .where('message.id', '=', id)
    .executeTakeFirst()
}

/**
 * Takes a message up for one attempt; false when it is not wanted any more: it does not wait, or the account has got other
 * credentials since, which is no matter to a notice. Call with the account locked.
 */
export async function takeMessage(tx: Transaction, id: string, toAddress: string, credentialVersion: number): Promise<boolean> {
  const row = await tx
    .updateTable('message')
    .set({ toAddress, attempts: sql`attempts + 1`, nextTryAt: null })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .where((is) => is.or([is('notice', '=', true), is('credentialVersion', '=', credentialVersion)]))
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Keeps the credentials that the account has now, so that the next attempt finds its own. Call with the account locked. */
export async function keepCredentialVersion(tx: Transaction, id: string): Promise<void> {
  await sql`update message set credential_version = a.credential_version from account a
    where message.id = ${id} and a.instance_id = message.instance_id and a.id = message.account_id`.execute(tx)
}

/** Marks a message that still waits as sent, or as void. */
export async function settleMessage(tx: Transaction, id: string, state: 'sent' | 'void'): Promise<void> {
  await tx
    .updateTable('message')
    .set({ state, stateAt: sql`clock_timestamp()`, nextTryAt: null, ...(state === 'sent' && { lastError: null }) })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute()
}

/**
 * Keeps why a message did not leave. It has failed when it never will, or when it has been tried for a day; it is void when the
 * account has got other credentials meanwhile, or was disabled.
 * @param counted whether the attempt was counted already, by takeMessage
 * @returns the state in which it is now
 */
export async function keepFailure(
  tx: Transaction,
  id: string,
  { words, permanent, counted }: { words: string; permanent: boolean; counted: boolean },
): Promise<MessageState | undefined> {
  const { rows } = await sql<{ state: MessageState }>`
    with judged as (
      select m.id, case
        when not m.notice and (not a.enabled or a.credential_version <> m.credential_version) then 'void'
        when ${permanent} or m.queued_at < now() - ${triedFor} then 'failed'
        else 'waiting' end as verdict
      from message m join account a on a.instance_id = m.instance_id and a.id = m.account_id where m.id = ${id}
    )
    update message set state = verdict, last_error = ${words}, attempts = attempts + ${counted ? 0 : 1},
      state_at = case when verdict = 'waiting' then state_at else clock_timestamp() end,
      next_try_at = case when verdict = 'waiting' then ${nextTry} end
    from judged where message.id = judged.id and state = 'waiting' returning state`.execute(tx)
  return rows[0]?.state
}

/**
 * Lets a failed message wait again; undefined when it has not failed, or when somebody else was faster.
 * Nor when the account has got other credentials since, which a new initial password would void. Call with the account locked.
 */
export async function requeueMessage(
  tx: Transaction,
  id: string,
  requestedBy: string,
): Promise<{ instanceId: string; id: string } | undefined> {
  const { rows } = await sql<{ instanceId: string; id: string }>`
    update message set state = 'waiting', state_at = clock_timestamp(), queued_at = now(), attempts = 0, requested_by = ${requestedBy}
    from account a
    where message.id = ${id} and message.state = 'failed'
      and a.instance_id = message.instance_id and a.id = message.account_id
      and (message.notice or a.credential_version = message.credential_version)
    returning message.instance_id, message.id`.execute(tx)
  return rows[0]
}

/**
 * How the last message with an initial password of each of these accounts stands, by the account's id; accounts that never had one
 * are left out.
 */
export async function latestMessages(tx: Transaction, accountIds: readonly string[]): Promise<Map<string, MessageStanding>> {
  if (accountIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('message')
    .distinctOn('accountId')
    .select(['accountId', 'state', 'stateAt as at', 'lastError'])
    .where('accountId', '=', sql<string>`any (${accountIds as string[]}::uuid[])`)
    .where('kind', '=', 'initial_password')
    .orderBy('accountId')
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .execute()
  return new Map(rows.map(({ accountId, ...standing }) => [accountId, standing]))
}

export type MessagePage = { state?: MessageState | undefined; limit: number; offset: number }

/** One page of the messages to accounts within reach, latest first, and how many there are. */
export async function listMessages(
  tx: Transaction,
  { teams }: ActingAccount,
  { state, limit, offset }: MessagePage,
): Promise<{ messages: ListedMessage[]; total: number }> {
  const reach = teams === 'all' ? sql`true` : sql`a.team_id = any (${teams as string[]}::uuid[])`
  const from = sql`from message m join account a on a.instance_id = m.instance_id and a.id = m.account_id
    where ${reach} and ${state === undefined ? sql`true` : sql`m.state = ${state}`}`
  const [{ rows: messages }, { rows: counts }] = await Promise.all([
    sql<ListedMessage>`
      select m.id, jsonb_build_object('id', a.id, 'username', a.username, 'fullName', a.full_name) as account, m.kind,
        m.to_address as to, m.state, m.attempts, m.last_error, m.created_at, case when m.state = 'sent' then m.state_at end as sent_at,
        m.next_try_at
      ${from} order by m.created_at desc, m.id limit ${limit} offset ${offset}`.execute(tx),
    sql<{ total: number }>`select count(*)::int as total ${from}`.execute(tx),
  ])
  return { messages, total: counts[0]!.total }
}

/** Removes what nobody asks for any more: messages that came to their end long ago. */
export const messageTidying: readonly TidyStep[] = [
  {
    name: 'old messages',
    async tidy(tx, most) {
      const { messageDays } = await findRules(tx)
      return removeSome(tx, 'message', sql`state <> 'waiting' and state_at < now() - make_interval(days => ${messageDays})`, most)
    },
  },
]
