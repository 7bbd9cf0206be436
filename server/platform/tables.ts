// Every table of migrations/, as types. A test compares them with the migrated database.

import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { AccountFields, LoginHours } from '../../contracts/account-fields.ts'
import type { Language } from '../../contracts/languages.ts'

/** Set by the database when a row is made, and changed later only on purpose. */
type Default<T> = ColumnType<T, T | undefined, T>

/** A proof as JSON has it. */
type KeptProof = { kind: 'password' | 'initial_password'; at: string; attempt?: string }

export type Tables = {
  instance: {
    id: Generated<string>
    name: string
    hostname: string
    language: Default<string>
    timeZone: Default<string>
    seats: number | null
    seatReserve: Default<number>
    overlapPercent: Default<number>
    overlapMinutes: Default<number>
    createdAt: Generated<Date>
  }
  installation: { onlyOne: Generated<boolean>; keyCheck: Buffer }
  profile: {
    instanceId: Generated<string>
    id: Generated<string>
    name: string
    builtIn: Default<boolean>
    permissions: string[]
    version: Default<number>
  }
  team: { instanceId: Generated<string>; id: Generated<string>; name: string; version: Default<number> }
  teamSupervisor: { instanceId: Generated<string>; teamId: string; accountId: string }
  account: Omit<AccountFields, 'loginHours'> & {
    instanceId: Generated<string>
    id: Generated<string>
    username: string
    usernameKey: string
    enabled: Default<boolean>
    disabledReason: string | null
    loginHours: ColumnType<LoginHours | null, string | null | undefined, string | null>
    credentialVersion: Default<number>
    /** The names of the steps of a sign-in that may be open. */
    openSteps: Default<string[]>
    version: Default<number>
    /** Made by the database from username, name and address. */
    searchText: GeneratedAlways<string>
    lastLoginAt: Date | null
    createdAt: Generated<Date>
  }
  password: {
    instanceId: Generated<string>
    accountId: string
    hash: string | null
    changedAt: Date | null
    initialHash: Buffer | null
    initialExpiresAt: Date | null
    mustChangeBy: Date | null
  }
  passwordHistory: { instanceId: Generated<string>; accountId: string; replacedAt: Generated<Date>; hash: string }
  rules: {
    instanceId: Generated<string>
    version: Default<number>
    minimumLength: Default<number>
    minimumLowercase: Default<number>
    minimumUppercase: Default<number>
    minimumDigits: Default<number>
    minimumSymbols: Default<number>
    guessesPower: Default<number>
    formerPasswords: Default<number>
    expiryDays: Default<number>
    passwordsChosenAfter: Date | null
    waitsFrom: Default<number>
    longestWaitMinutes: Default<number>
    mostFailures: Default<number>
    wrongFromAddress: Default<number>
    deviceDays: Default<number>
    initialPasswordHours: Default<number>
    resetLinkMinutes: Default<number>
    languages: Default<Language[]>
    endOtherSession: Default<boolean>
    idleMinutes: Default<number>
    warningMinutes: Default<number>
    longestHours: Default<number>
    leaseSeconds: Default<number>
    graceSeconds: Default<number>
    /** By the name of the rule. */
    reasons: ColumnType<Record<string, string>, string | undefined, string>
  }
  loginAttempt: {
    instanceId: Generated<string>
    usernameHash: Buffer
    accountId: string | null
    failures: number
    inFlight: Default<number>
    waitUntil: Date | null
    lastAt: Default<Date>
  }
  knownDevice: {
    instanceId: Generated<string>
    deviceHash: Buffer
    accountId: string
    lastLoginAt: Default<Date>
    failures: Default<number>
    waitUntil: Date | null
  }
  addressAttempt: { instanceId: Generated<string>; address: string; windowStartedAt: Date; wrong: number }
  signIn: {
    instanceId: Generated<string>
    id: Generated<string>
    tokenHash: Buffer
    accountId: string
    /** The name of the step that it waits for. */
    step: string
    /** What its person has shown. */
    proofs: JSONColumnType<KeptProof[]>
    /** The session that may be moved here. */
    otherSessionId: string | null
    /** The live session in which its person proves again who they are. */
    renewsSessionId: string | null
    credentialVersion: number
    returnTo: string
    createdAt: Generated<Date>
    expiresAt: Date
    usedAt: Date | null
  }
  session: {
    instanceId: Generated<string>
    id: Generated<string>
    accountId: string
    tokenHash: Buffer
    startedAt: Generated<Date>
    authTime: Default<Date>
    amr: Default<string[]>
    lastSeenAt: Default<Date>
    lastActiveAt: Default<Date>
    endedAt: Date | null
    endReason: string | null
    visitHash: Buffer | null
    address: string
    device: string
    successorId: string | null
    endNote: string | null
    disputedAt: Date | null
    channelId: string | null
    lapsesAt: Date | null
    closesAt: Date | null
    windowChanged: Default<boolean>
  }
  sessionWatch: { onlyOne: Generated<boolean>; since: Date; lastAt: Date }
  seatCount: {
    instanceId: Generated<string>
    atMost: number | null
    overlapDay: string | null
    overlapMinute: Date | null
    overlapMinutesUsed: Default<number>
  }
  seatRefusal: { instanceId: Generated<string>; quarterStartedAt: Date; refusals: number }
  auditEvent: {
    instanceId: Generated<string>
    id: Generated<string>
    at: Generated<Date>
    event: string
    actorKind: 'account' | 'operator' | 'visitor' | 'system'
    actorAccountId: string | null
    accountId: string | null
    sessionId: string | null
    address: string | null
    requestId: string | null
    detail: JSONColumnType<Record<string, unknown>>
    /** An xid8. */
    horizon: Generated<string>
  }
  import: {
    instanceId: Generated<string>
    id: Generated<string>
    createdBy: string
    runBy: string | null
    fileName: string
    state: Default<'reading' | 'mapping' | 'checking' | 'checked' | 'running' | 'done' | 'failed' | 'undone'>
    onExisting: Default<'skip' | 'update' | 'refuse'>
    headerRow: number | null
    /** For each column the field that it holds, if any. */
    mapping: ColumnType<unknown[], string | undefined, string>
    sheets: ColumnType<string[], string | undefined, string>
    sheet: ColumnType<string | null, string | null | undefined, string | null>
    encoding: ColumnType<string | null, string | null | undefined, string | null>
    nameOrder: Default<'first_last' | 'last_first'>
    worker: string | null
    heartbeatAt: Date | null
    failReason: string | null
    createdAt: Generated<Date>
    startedAt: Date | null
    finishedAt: Date | null
    undoneAt: Date | null
  }
  importRow: {
    instanceId: Generated<string>
    importId: string
    rowNumber: number
    cells: Buffer | null
    fields: Record<string, unknown> | null
    verdict: 'create' | 'change' | 'skip' | 'refused' | null
    problems: Default<unknown[]>
    outcome: 'created' | 'changed' | 'skipped' | 'refused' | null
    accountId: string | null
    changes: Record<string, [unknown, unknown]> | null
  }
  message: {
    instanceId: Generated<string>
    id: Generated<string>
    accountId: string
    kind: string
    state: Default<'waiting' | 'sent' | 'failed' | 'void'>
    stateAt: Default<Date>
    toAddress: string
    requestedBy: string | null
    credentialVersion: number
    attempts: Default<number>
    lastError: string | null
    createdAt: Generated<Date>
    queuedAt: Default<Date>
    nextTryAt: Date | null
    notice: Default<boolean>
    about: JSONColumnType<Record<string, unknown>, string | undefined, string>
  }
  recoveryAsk: {
    instanceId: Generated<string>
    id: Generated<string>
    sealedUsername: Buffer
    deviceHash: Buffer | null
    address: string
    device: string
    requestId: string
    askedAt: Generated<Date>
  }
  recoveryAddress: { instanceId: Generated<string>; address: string; windowStartedAt: Date; asked: number }
  recoveryNetwork: { instanceId: Generated<string>; network: string; hourStartedAt: Date; links: number }
  recoveryHour: { instanceId: Generated<string>; hourStartedAt: Date; links: number }
  recoveryLink: {
    instanceId: Generated<string>
    id: Generated<string>
    accountId: string
    tokenHash: Buffer
    credentialVersion: number
    sentTo: string
    createdAt: Generated<Date>
    expiresAt: Date
    endedAt: Date | null
    endReason: 'used' | 'newer' | 'epoch' | null
  }
  recoveryRequest: {
    instanceId: Generated<string>
    id: Generated<string>
    accountId: string
    credentialVersion: number
    openedAt: Default<Date>
    askedAt: Default<Date>
    asked: Default<number>
    address: string
    device: string
    expiresAt: Date
    closedAt: Date | null
    outcome: 'answered' | 'refused' | 'expired' | null
    closedBy: string | null
    reason: string | null
  }
}
