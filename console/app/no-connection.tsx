import { Paper, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAway } from './connection.ts'

/** Says that the server cannot be reached, for as long as it cannot. Takes nothing of the screen away. */
export function NoConnection() {
  const { t } = useTranslation()
  const away = useAway()
  return (
    <div role="status" className="no-connection">
      {away && (
        <Paper withBorder shadow="md" px="md" py="xs">
          <Text fw={600}>{t('problems:offline.title')}</Text>
          <Text size="sm">{t('connection_next')}</Text>
        </Paper>
      )}
    </div>
  )
}
