import type { Language } from '../../../contracts/languages.ts'
import type { Actor } from '../../audit/audit.ts'
import type { LockedAccount } from '../../directory/accounts/accounts.ts'
import type { Transaction } from '../../platform/database.ts'
import type { Html } from '../../platform/page.ts'
import type { Translate } from '../../platform/text.ts'

/** What every message knows. */
export type MessageView = {
  t: Translate
  language: Language
  instanceName: string
  /** The instance's configured address, never one of a request. */
  instanceUrl: string
  account: LockedAccount
}

/** What a message says. `secret` is kept out of everything that is logged or stored. */
export type Composed = { subject: string; text: string; body: Html; secret?: string }

/** What kinds need that other features own. */
export type PrepareNeeds = {
  /** Gives the account a new initial password and ends its session, without a notice: this message is one. */
  giveInitialPassword: (
    tx: Transaction,
    account: LockedAccount,
    actor: Actor,
    detail: Record<string, unknown>,
  ) => Promise<{ initialPassword: string; expiresAt: Date }>
  /** Makes the one link of an account that works from now on. Call with the account locked. */
  makeRecoveryLink: (tx: Transaction, account: LockedAccount) => Promise<{ token: string; expiresAt: Date }>
}

export type MessageKind = {
  /** How many of the kind one account is sent in an hour at the most; undefined where nobody but its own people can want one. */
  mostPerHour?: number
  /**
   * What happens in the transaction right before sending, with the account locked. The transaction is committed before anything
   * leaves, and so happens again with every attempt.
   */
  prepare(
    tx: Transaction,
    needs: PrepareNeeds,
    account: LockedAccount,
    message: { id: string; actor: Actor; about: Readonly<Record<string, unknown>> },
  ): Promise<(view: MessageView) => Composed>
}
