import type { Language } from '../../../contracts/languages.ts'
import type { Database } from '../../platform/database.ts'
import type { Notices } from '../../platform/notices.ts'
import type { View } from '../../platform/page.ts'
import type { Translate } from '../../platform/text.ts'
import type { RuleBook } from '../../rules/rules.ts'
import type { EventSink } from './event-sink.ts'

export type ChannelsNeeds = {
  database: Database
  rules: RuleBook
  texts: (language: Language) => Translate
  notices: Notices
  onError: (error: unknown, message: string) => void
}

export type NewChannel = {
  instance: { id: string }
  sessionId: string
  /** Of when it was opened; it is opened anew every minute. */
  permissions: readonly string[]
  /** Whose recovery requests the person answers. */
  teams: 'all' | readonly string[]
  view: Pick<View, 'language' | 'languages'>
  /** For the form "This was not me". */
  visitToken: string | undefined
}

export type Channel = NewChannel & {
  id: string
  sink: EventSink
  openedAt: number
  /** When the browser has to open it again, which shows that it is still there. */
  confirmBy: number
  /** Whether it can no longer say anything. */
  closed: boolean
  isWarned: boolean
  /** Whether its session's row knows it yet; and if not, whether somebody asked meanwhile how the session stands. */
  standing: 'opening' | 'asked meanwhile' | 'open'
  timer: NodeJS.Timeout | undefined
}
