import { Badge, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { AccountState as AccountStateName } from '../../contracts/account-states.ts'
import type { Answer } from '../app/api.ts'
import { useSession } from '../app/session.tsx'
import { formatDay, formatTime } from '../app/texts.ts'

type Account = Pick<
  Answer<'GET /api/accounts'>['accounts'][number],
  'state' | 'lock' | 'passwordExpired' | 'disabledReason' | 'validFrom' | 'validUntil'
>

const colours: Record<AccountStateName, string> = {
  ready: 'green',
  initial_password: 'blue',
  no_password: 'gray',
  initial_password_expired: 'yellow',
  not_yet_valid: 'yellow',
  no_longer_valid: 'red',
  disabled: 'red',
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
        <Badge color={colours[state]} variant="light" tt="none" size="md">
          {t(`users.state.${state}`)}
        </Badge>
      )}
      {more.map((text) => (
        <Badge key={text} color="yellow" variant="light" tt="none" size="md">
          {text}
        </Badge>
      ))}
      {why && (
        <Text size="xs" c="dimmed">
          {why}
        </Text>
      )}
    </>
  )
}
