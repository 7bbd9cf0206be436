import { Badge, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../app/api.ts'
import { formatDay } from '../app/texts.ts'

type Account = Pick<Answer<'GET /api/accounts'>['accounts'][number], 'state' | 'disabledReason' | 'validFrom' | 'validUntil'>

const colours: Record<Account['state'], string> = {
  ready: 'green',
  initial_password: 'blue',
  no_password: 'gray',
  initial_password_expired: 'yellow',
  not_yet_valid: 'yellow',
  no_longer_valid: 'red',
  disabled: 'red',
}

/** How an account stands, and why; in words, so that nobody has to tell colours apart. */
export function AccountState({ state, disabledReason, validFrom, validUntil }: Account) {
  const { t } = useTranslation()
  const why = {
    disabled: disabledReason,
    not_yet_valid: validFrom && t('users.from_day', { day: formatDay(validFrom) }),
    no_longer_valid: validUntil && t('users.until_day', { day: formatDay(validUntil) }),
  }[state as string]
  return (
    <>
      <Badge color={colours[state]} variant="light" tt="none" size="md">
        {t(`users.state.${state}`)}
      </Badge>
      {why && (
        <Text size="xs" c="dimmed">
          {why}
        </Text>
      )}
    </>
  )
}
