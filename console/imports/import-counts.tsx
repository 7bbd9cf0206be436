import { Group, Paper, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../app/api.ts'
import { formatNumber } from '../app/texts.ts'

/** What would become of the rows, or what has. */
export function ImportCounts({ found: { state, verdicts, outcomes } }: { found: Answer<'GET /api/imports/:id'> }) {
  const { t } = useTranslation()
  const has = state === 'done' || state === 'running' || state === 'undone' || state === 'failed'
  const counts = has ? Object.entries(outcomes) : Object.entries(verdicts)
  return (
    <Group component="dl" m={0} gap="sm" aria-label={t(has ? 'imports:what_became' : 'imports:what_would')}>
      {counts.map(([name, count]) => (
        <Paper key={name} withBorder px="md" py="xs" flex="1 1 7rem">
          <Text component="dt" size="sm" c="dimmed">
            {t(`imports:count.${name}`)}
          </Text>
          <Text component="dd" m={0} fz="h3" fw={600}>
            {formatNumber(count)}
          </Text>
        </Paper>
      ))}
    </Group>
  )
}
