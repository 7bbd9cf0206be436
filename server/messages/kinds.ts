// The kinds of messages. A new one is a file that says what happens right before it is sent and what it says, and a line here.
import type { LockedAccount } from '../accounts/accounts.ts'
import type { Actor } from '../audit/audit.ts'
import type { Transaction } from '../platform/database.ts'
import type { Html } from '../platform/page.ts'
import type { Keys } from '../platform/secret.ts'
import type { Language, Translate } from '../platform/text.ts'
import { initialPasswordMessage } from './initial-password-message.ts'

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

export type MessageKind = {
  /**
   * What happens in the transaction right before sending, with the account locked. The transaction is committed before anything
   * leaves, and so happens again with every attempt.
   */
  prepare(
    tx: Transaction,
    needs: { keys: Keys },
    account: LockedAccount,
    message: { id: string; actor: Actor },
  ): Promise<(view: MessageView) => Composed>
}

export const messageKinds = { initial_password: initialPasswordMessage } as const satisfies Record<string, MessageKind>

export type MessageKindName = keyof typeof messageKinds
