import { Alert, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../app/api.ts'
import { useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'

/** That the person says it was somebody else who moved their session, until they have another password. */
export function DisputedMove({ account: { disputedMove } }: { account: Answer<'GET /api/accounts/:id'> }) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  if (disputedMove === null) return null
  const { at, device, address } = disputedMove
  const values = { moment: formatMoment(at, timeZone), device: device || t('common:unknown_device'), address }
  return (
    <Alert color="red" title={t('users.disputed')}>
      <Text>{device === '' && address === '' ? values.moment : t('users.disputed_what', values)}</Text>
      <Text>{t('users.disputed_next')}</Text>
    </Alert>
  )
}
