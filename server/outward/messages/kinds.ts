// The kinds of messages. A new one is a file that says what happens right before it is sent and what it says, and a line here.
import { initialPasswordMessage } from './initial-password-message.ts'
import type { MessageKind } from './message-kind.ts'
import { type NoticeKindName, noticeMessage } from './notice-message.ts'
import { recoveryLinkMessage } from './recovery-link-message.ts'

/** What hands something over. */
export type MessageKindName = 'initial_password' | 'recovery_link'

export const messageKinds: Record<MessageKindName | NoticeKindName, MessageKind> = {
  initial_password: initialPasswordMessage,
  recovery_link: recoveryLinkMessage,
  password_changed: noticeMessage('password_changed'),
  password_reset: noticeMessage('password_reset'),
  email_changed: noticeMessage('email_changed'),
  email_changed_here: noticeMessage('email_changed_here'),
  new_initial_password: noticeMessage('new_initial_password'),
  factor_added: noticeMessage('factor_added'),
  factor_removed: noticeMessage('factor_removed'),
  factor_refused: noticeMessage('factor_refused'),
  factors_reset: noticeMessage('factors_reset'),
  code_sheet_made: noticeMessage('code_sheet_made'),
  vouched: noticeMessage('vouched'),
}
