import { useTranslation } from 'react-i18next'
import type { AccountState as AccountStateName } from '../../contracts/account-states.ts'
import type { Answer } from '../app/api.ts'
import { useSession } from '../app/session.tsx'
import { formatDay, formatTime } from '../app/texts.ts'

type Account = Pick<
  Answer<'GET /api/accounts'>['accounts'][number],
  'state' | 'lock' | 'passwordExpired' | 'disabledReason' | 'validFrom' | 'validUntil'
>

/** How much it matters to whoever looks for what is the matter; most are ready, which is said quietly. */
const looks: Record<AccountStateName, 'quiet' | 'waits' | 'stops'> = {
  ready: 'quiet',
  initial_password: 'waits',
  no_password: 'waits',
  initial_password_expired: 'stops',
  not_yet_valid: 'stops',
  no_longer_valid: 'stops',
  disabled: 'stops',
}

/** How an account stands, and why; in words, so that nobody has to tell colours apart. */
export function AccountState({ state, lock, passwordExpired, disabledReason, validFrom, validUntil }: Account) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  // What keeps an account out that is ready in itself stands in place of that.
  const more = [
    lock && (lock.until === null ? t('users.attempts_used_up') : t('users.locked', { time: formatTime(lock.until, timeZone) })),
    passwordExpired && t('users.password_expired'),
  ].filter((text) => typeof text === 'string')
  const why = {
    disabled: disabledReason,
    not_yet_valid: validFrom && t('users.from_day', { day: formatDay(validFrom) }),
    no_longer_valid: validUntil && t('users.until_day', { day: formatDay(validUntil) }),
  }[state as string]
  return (
    <>
      {(state !== 'ready' || more.length === 0) && (
        <span className="state" data-look={looks[state]}>
          {t(`users.state.${state}`)}
        </span>
      )}
      {more.map((text) => (
        <span key={text} className="state" data-look="stops">
          {text}
        </span>
      ))}
      {why && <span className="quiet why-so break"> {why}</span>}
    </>
  )
}
