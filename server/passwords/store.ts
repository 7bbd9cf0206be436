import { sql } from 'kysely'
import { keptDays } from '../platform/cookie.ts'
import type { Transaction } from '../platform/database.ts'
import { hashToken } from '../platform/secret.ts'

/** The attempts that an account has: waits begin with the fifth wrong password in a row; the hundredth disables the password. */
export const attemptRules = { freeFailures: 4, firstWaitSeconds: 15, longestWaitSeconds: 15 * 60, mostFailures: 100 } as const

/** The wrong passwords that one address may send in one window. A shift start, which sends right ones, does not come near it. */
export const addressRules = { mostWrong: 300, windowMinutes: 10 } as const

/** The persons that one browser is remembered for. */
const mostPersonsOfDevice = 50

/** What a login is checked against. */
export type LoginFacts = {
  /** Undefined when no account has this username. */
  stored: StoredPassword | undefined
  /** Seconds until this address may try again; 0 when it may try now. */
  addressWaitSeconds: number
}

export type StoredPassword = {
  accountId: string
  enabled: boolean
  credentialVersion: number
  hash: string | null
  initialHash: Buffer | null
  initialExpired: boolean
  /** Whether the hash is that of a password which somebody else chose. */
  mustChange: boolean
  knowsDevice: boolean
}

const window = sql<Date>`date_bin(make_interval(mins => ${addressRules.windowMinutes}), now(), timestamptz '2000-01-01')`

/** Finds all that a login is checked against, in one statement that does the same work for every username. */
export async function findLoginFacts(
  tx: Transaction,
  usernameKey: string,
  deviceHash: Buffer | null,
  address: string,
): Promise<LoginFacts> {
  const { rows } = await sql<StoredPassword & { accountId: string | null; addressWaitSeconds: number | null }>`
    select a.id as account_id, a.enabled, a.credential_version, p.hash, p.initial_hash,
      coalesce(coalesce(p.initial_expires_at, p.must_change_by) <= now(), false) as initial_expired,
      p.must_change_by is not null as must_change, d.account_id is not null as knows_device,
      ceil(extract(epoch from t.window_started_at + make_interval(mins => ${addressRules.windowMinutes}) - now()))::int as address_wait_seconds
    from (select) as one
    left join account a on a.username_key = ${usernameKey}
    left join password p on p.account_id = a.id
    left join known_device d on d.account_id = a.id and d.device_hash = ${deviceHash}
    left join address_attempt t on t.address = ${address} and t.window_started_at = ${window} and t.wrong >= ${addressRules.mostWrong}`.execute(
    tx,
  )
  const { addressWaitSeconds, ...stored } = rows[0]!
  return { stored: stored.accountId === null ? undefined : stored, addressWaitSeconds: addressWaitSeconds ?? 0 }
}

/** How long an account waits after its failures in a row, as SQL over the count that this attempt makes. */
const waitUntil = (failures: ReturnType<typeof sql>) => sql<Date | null>`case when ${failures} > ${attemptRules.freeFailures}
  then clock_timestamp() + make_interval(secs => least(${attemptRules.longestWaitSeconds}::int,
    ${attemptRules.firstWaitSeconds}::int * power(2, least(20, ${failures} - ${attemptRules.freeFailures} - 1))))
  end`

// A check takes milliseconds; one that has not settled after this long never will, because its node is gone.
const inFlightSeconds = 30

/** How many are in flight once this attempt is among them, as SQL over the row of before. */
const oneMoreInFlight = sql`1 + case when known.last_at > clock_timestamp() - make_interval(secs => ${inFlightSeconds}) then known.in_flight else 0 end`

/**
 * Counts an attempt before its password is checked, and tells whether it may be checked at all.
 * One statement: parallel guesses queue on the row, and each sees what the one before has written.
 * Source: NIST SP 800-63B-4, 3.2.2.
 */
export async function takeAttempt(tx: Transaction, usernameHash: Buffer, accountId: string | null): Promise<boolean> {
  const { rows } = await sql`
    insert into login_attempt as known (username_hash, account_id, failures, in_flight) values (${usernameHash}, ${accountId}, 1, 1)
    on conflict (instance_id, username_hash) do update
      set account_id = excluded.account_id, failures = known.failures + 1, in_flight = ${oneMoreInFlight}, wait_until = ${waitUntil(sql`(known.failures + 1)`)}, last_at = clock_timestamp()
      where known.failures < ${attemptRules.mostFailures} and (known.wait_until is null or known.wait_until <= clock_timestamp())
    returning failures`.execute(tx)
  return rows.length > 0
}

/**
 * The same for a browser that this person has used before: it has its own waits, so that strangers' guesses do not make it wait.
 * The account's hundred count for it too.
 */
export async function takeAttemptOfKnownDevice(
  tx: Transaction,
  usernameHash: Buffer,
  accountId: string,
  deviceHash: Buffer,
): Promise<boolean> {
  const { rows } = await sql`
    with device as (
      update known_device set failures = failures + 1, wait_until = ${waitUntil(sql`(failures + 1)`)}
      where account_id = ${accountId} and device_hash = ${deviceHash} and (wait_until is null or wait_until <= clock_timestamp())
      returning 1
    )
    insert into login_attempt as known (username_hash, account_id, failures, in_flight) select ${usernameHash}, ${accountId}, 1, 1 from device
    on conflict (instance_id, username_hash) do update
      set account_id = excluded.account_id, failures = known.failures + 1, in_flight = ${oneMoreInFlight}, last_at = clock_timestamp()
      where known.failures < ${attemptRules.mostFailures}
    returning failures`.execute(tx)
  return rows.length > 0
}

/**
 * Whether an attempt that was not let through might be, once those in flight have settled: they may turn out to be right.
 * Many logins of one account at the same moment are no guesses.
 */
export async function mayBeLetThroughSoon(tx: Transaction, usernameHash: Buffer): Promise<boolean> {
  const row = await tx
    .selectFrom('loginAttempt')
    .select('failures')
    .where('usernameHash', '=', usernameHash)
    .where('inFlight', '>', 0)
    .where('failures', '<', attemptRules.mostFailures)
    .where('lastAt', '>', sql<Date>`clock_timestamp() - make_interval(secs => ${inFlightSeconds})`)
    .executeTakeFirst()
  return row !== undefined
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
  await sql`
    with device as (
      update known_device set failures = 0, wait_until = null, last_login_at = now() where account_id = ${accountId} and device_hash = ${deviceHash} returning 1
    )
    update login_attempt set failures = greatest(in_flight - 1, 0), in_flight = greatest(in_flight - 1, 0),
      wait_until = case when exists (select from device) then wait_until end
    where username_hash = ${usernameHash}`.execute(tx)
}

/** Opens the account for attempts again, for when it gets new credentials. */
export async function clearAttempts(tx: Transaction, usernameHash: Buffer): Promise<void> {
  await tx.deleteFrom('loginAttempt').where('usernameHash', '=', usernameHash).execute()
}

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
  const deviceHash = hashToken(deviceToken)
  await tx
    .insertInto('knownDevice')
    .values({ deviceHash, accountId, waitUntil: null })
    .onConflict((conflict) =>
      conflict.columns(['instanceId', 'deviceHash', 'accountId']).doUpdateSet({ lastLoginAt: sql`now()` }),
    )
    .execute()
  await sql`
    delete from known_device where device_hash = ${deviceHash} and account_id in (
      select account_id from known_device where device_hash = ${deviceHash} order by last_login_at desc offset ${mostPersonsOfDevice})`.execute(
    tx,
  )
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
export async function removeOldAttempts(tx: Transaction): Promise<void> {
  await sql`delete from address_attempt where window_started_at < now() - make_interval(mins => ${2 * addressRules.windowMinutes})`.execute(
    tx,
  )
  await sql`delete from login_attempt where account_id is null and last_at < now() - interval '1 day'`.execute(tx)
  await sql`delete from known_device where last_login_at < now() - make_interval(days => ${keptDays.device})`.execute(tx)
}
