import { type Kysely, sql } from 'kysely'
import type { Rules } from '../../../contracts/rules.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { hashToken } from '../../platform/secret.ts'
import type { Tables } from '../../platform/tables.ts'
import { removeSome, type TidyStep } from '../../platform/tidying.ts'
import { findRules } from '../../rules/rules.ts'

/** The attempts that an account and an address have: from which wrong password in a row on one waits, and which one disables it. */
export type AttemptRules = Pick<Rules, 'waitsFrom' | 'longestWaitMinutes' | 'mostFailures' | 'wrongFromAddress'>

const firstWaitSeconds = 15
/** The window in which the wrong passwords of an address are counted. */
const windowMinutes = 10

/** The persons that one browser is remembered for. */
export const mostPersonsOfDevice = 50

export type StoredPassword = {
  accountId: string
  enabled: boolean
  credentialVersion: number
  hash: string | null
  initialHash: Buffer | null
  /** Whether the hours of an initial password are over, one that was given among them; null where the password is a lasting one. */
  initialExpired: boolean | null
  knowsDevice: boolean
}

export type Attempt = {
  usernameKey: string
  usernameHash: Buffer
  deviceHash: Buffer | null
  address: string
  /** Whether it has waited for the others of its username for as long as it may. */
  isLast: boolean
}

export type TakenAttempt =
  | {
      kind: 'taken' | 'waits'
      /** Undefined when no account has this username. */
      stored: StoredPassword | undefined
      at: Date
      /** The address has used up its count, and this browser goes on: whatever is wrong is answered like `address_waits`. */
      addressWaitSeconds: number | null
    }
  | { kind: 'again' }
  | { kind: 'address_waits'; seconds: number }

const window = sql<Date>`date_bin(make_interval(mins => ${windowMinutes}), now(), timestamptz '2000-01-01')`

// A check takes milliseconds; one that has not settled after this long never will, because its node is gone.
const inFlightSeconds = 30

/**
 * Finds what a login is checked against, and counts the attempt before anything is checked; tells whether it may be checked at all.
 * `again`: others of the same username are being checked at this moment, and it may be let through once they turn out to be right.
 * One call of a database function, which does the same work for every username.
 */
export async function takeAttempt(
  database: Database,
  instance: { id: string },
  attempt: Attempt,
  rules: AttemptRules,
): Promise<TakenAttempt> {
  return database.call((db) => takeAttemptOn(db, instance, attempt, rules))
}

/** The same in a transaction, for when it must be possible to undo it. */
export async function takeAttemptOn(
  db: Kysely<Tables>,
  instance: { id: string },
  { usernameKey, usernameHash, deviceHash, address, isLast }: Attempt,
  { waitsFrom, longestWaitMinutes, mostFailures, wrongFromAddress }: AttemptRules,
): Promise<TakenAttempt> {
  const { rows } = await sql<
    StoredPassword & { outcome: TakenAttempt['kind']; accountId: string | null; addressWaitSeconds: number | null; takenAt: Date }
  >`
      select * from take_attempt(${instance.id}, ${usernameKey}, ${usernameHash}, ${deviceHash}, ${address}, ${isLast},
        ${waitsFrom - 1}, ${firstWaitSeconds}, ${60 * longestWaitMinutes}, ${mostFailures}, ${inFlightSeconds},
        ${wrongFromAddress}, ${windowMinutes})`.execute(db)
  const { outcome, addressWaitSeconds, takenAt, ...stored } = rows[0]!
  if (outcome === 'again') return { kind: outcome }
  if (outcome === 'address_waits') return { kind: outcome, seconds: addressWaitSeconds! }
  return { kind: outcome, stored: stored.accountId === null ? undefined : stored, at: takenAt, addressWaitSeconds }
}

/** An attempt is no longer in flight; it stays counted as wrong. */
export async function landAttempt(tx: Transaction, usernameHash: Buffer): Promise<void> {
  await sql`update login_attempt set in_flight = greatest(in_flight - 1, 0) where username_hash = ${usernameHash}`.execute(tx)
}

/**
 * Starts the count anew after a right password; only what else is in flight still counts.
 * From a known browser the waits of others stay: their guesses were not this person's.
 */
export async function forgiveAttempts(
  tx: Transaction,
  usernameHash: Buffer,
  deviceHash: Buffer | null,
  accountId: string,
): Promise<void> {
  await sql`select forgive_attempts(${usernameHash}, ${deviceHash}, ${accountId})`.execute(tx)
}

/** How the attempts on a username stand where they are in the way. */
export type Lock = {
  /** Until when they wait; null where the password is disabled until it is reset. */
  until: Date | null
}

/** Which of these usernames have to wait at this moment, or have used up their attempts. */
export async function findLocks(
  tx: Transaction,
  usernameHashes: readonly Buffer[],
  { mostFailures }: Pick<Rules, 'mostFailures'>,
): Promise<(Lock & { usernameHash: Buffer })[]> {
  return tx
    .selectFrom('loginAttempt')
    .select(['usernameHash', sql<Date | null>`case when failures < ${mostFailures} then wait_until end`.as('until')])
    .where('usernameHash', '=', sql<Buffer>`any (${usernameHashes as Buffer[]}::bytea[])`)
    .where(sql<boolean>`(failures >= ${mostFailures} or wait_until > clock_timestamp())`)
    .execute()
}

/**
 * Ends the waits of a username and of the browsers that know its person; the counts stay as they are.
 * @returns whether there was a wait to end, and whether the attempts are used up, which no unlocking mends
 */
export async function endWaits(
  tx: Transaction,
  accountId: string,
  usernameHash: Buffer,
  { mostFailures }: Pick<Rules, 'mostFailures'>,
): Promise<{ ended: boolean; usedUp: boolean }> {
  const { rows } = await sql<{ ended: boolean; usedUp: boolean }>`
    with waits as (
      update login_attempt set wait_until = null
      where username_hash = ${usernameHash} and failures < ${mostFailures} and wait_until > clock_timestamp() returning 1
    ), own_waits as (
      update known_device set wait_until = null where account_id = ${accountId} and wait_until > clock_timestamp() returning 1
    )
    select exists (select from waits) or exists (select from own_waits) as ended,
      exists (select from login_attempt where username_hash = ${usernameHash} and failures >= ${mostFailures}) as used_up`.execute(
    tx,
  )
  return rows[0]!
}

/** Whether this person has logged in with this browser before. */
export async function knowsBrowser(tx: Transaction, accountId: string, deviceHash: Buffer): Promise<boolean> {
  const row = await tx
    .selectFrom('knownDevice')
    .select('accountId')
    .where('deviceHash', '=', deviceHash)
    .where('accountId', '=', accountId)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether a browser that knows the person could try at this moment. */
export async function hasFreeBrowser(tx: Transaction, accountId: string): Promise<boolean> {
  const { rows } = await sql<{ free: boolean }>`
    select exists (
      select from known_device where account_id = ${accountId} and (wait_until is null or wait_until <= clock_timestamp())
    ) as free`.execute(tx)
  return rows[0]!.free
}

/** Opens the account for attempts again, for when it gets new credentials. */
export async function clearAttempts(tx: Transaction, usernameHash: Buffer): Promise<void> {
  await tx.deleteFrom('loginAttempt').where('usernameHash', '=', usernameHash).execute()
}

/** What the wrong passwords of a browser are counted under once those of its address are used up. The same text stands in take_attempt. */
export const browserAddress = (deviceHash: Buffer) => `browser ${deviceHash.toString('hex')}`

export async function countWrongFromAddress(tx: Transaction, address: string): Promise<void> {
  await tx
    .insertInto('addressAttempt')
    .values({ address, windowStartedAt: window, wrong: 1 })
    .onConflict((conflict) =>
      conflict.columns(['instanceId', 'address', 'windowStartedAt']).doUpdateSet({ wrong: sql`address_attempt.wrong + 1` }),
    )
    .execute()
}

/** Lets this browser be known to the person from now on; the person of longest ago is forgotten when it knows too many. */
export async function rememberBrowser(tx: Transaction, accountId: string, deviceToken: string): Promise<void> {
  await sql`select remember_browser(${hashToken(deviceToken)}, ${accountId}, ${mostPersonsOfDevice})`.execute(tx)
}

/** Sets a lasting password, in place of whatever the account had. Call with the account locked. */
export async function storePassword(tx: Transaction, accountId: string, hash: string): Promise<void> {
  const fields = { hash, changedAt: sql<Date>`now()`, initialHash: null, initialExpiresAt: null, mustChangeBy: null }
  await tx
    .insertInto('password')
    .values({ accountId, ...fields })
    .onConflict((conflict) => conflict.columns(['instanceId', 'accountId']).doUpdateSet(fields))
    .execute()
}

/** Gives an initial password in place of whatever the account had; returns when it expires. Call with the account locked. */
export async function storeInitialPassword(
  tx: Transaction,
  accountId: string,
  initialHash: Buffer,
  hours: number,
): Promise<Date> {
  const fields = {
    hash: null,
    changedAt: null,
    initialHash,
    initialExpiresAt: sql<Date>`now() + make_interval(hours => ${hours})`,
    mustChangeBy: null,
  }
  const { initialExpiresAt } = await tx
    .insertInto('password')
    .values({ accountId, ...fields })
    .onConflict((conflict) => conflict.columns(['instanceId', 'accountId']).doUpdateSet(fields))
    .returning('initialExpiresAt')
    .executeTakeFirstOrThrow()
  return initialExpiresAt!
}

/** Gives accounts that have no password one that they must change within these hours. In one statement, for many at once. */
export async function storeGivenPasswords(
  tx: Transaction,
  passwords: readonly { accountId: string; hash: string }[],
  hours: number,
): Promise<void> {
  await sql`
    insert into password (account_id, hash, must_change_by)
    select r.account_id, r.hash, now() + make_interval(hours => ${hours})
    from jsonb_to_recordset(${JSON.stringify(passwords.map(({ accountId, hash }) => ({ account_id: accountId, hash })))}::jsonb)
      as r (account_id uuid, hash text)`.execute(tx)
}

/** Stores the same password hashed anew. Does nothing if the password was changed meanwhile. */
export async function upgradeHash(tx: Transaction, accountId: string, from: string, to: string): Promise<void> {
  await tx.updateTable('password').set({ hash: to }).where('accountId', '=', accountId).where('hash', '=', from).execute()
}

/** Removes what can no longer have an effect: past windows, counts of usernames that nobody has, browsers whose cookie has expired. */
export const attemptTidying: readonly TidyStep[] = [
  {
    name: 'wrong passwords of addresses',
    tidy: (tx, most) =>
      removeSome(tx, 'address_attempt', sql`window_started_at < now() - make_interval(mins => ${2 * windowMinutes})`, most),
  },
  {
    name: 'attempts of usernames that nobody has',
    tidy: (tx, most) => removeSome(tx, 'login_attempt', sql`account_id is null and last_at < now() - interval '1 day'`, most),
  },
  {
    name: 'browsers that were known',
    async tidy(tx, most) {
      const { deviceDays } = await findRules(tx)
      return removeSome(tx, 'known_device', sql`last_login_at < now() - make_interval(days => ${deviceDays})`, most)
    },
  },
]

/** Removes what is counted for an account. */
export async function forgetAttempts(tx: Transaction, accountId: string): Promise<void> {
  await tx.deleteFrom('loginAttempt').where('accountId', '=', accountId).execute()
}
