// What second factor is demanded of each profile, and who has none yet.
import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { useProfileName } from '../profiles/profile-name.ts'
import { FactorRuleForm } from './factor-rule-form.tsx'

export default function FactorRulesScreen() {
  const { t } = useTranslation('factors')
  const profileName = useProfileName()
  const rules = useQuery({
    queryKey: ['factor-rules'],
    queryFn: ({ signal }) => call('GET /api/factor-rules', { signal }),
  })
  return (
    <Stack>
      <Title order={1} size="h2">
        {t('console:rules.factors')}
      </Title>
      <Text>{t('intro')}</Text>
      {rules.error && !rules.data && <Failure error={rules.error} retry={() => void rules.refetch()} />}
      {rules.data?.rules.map((rule) => (
        <Paper key={rule.profileId} withBorder p="sm" component="section" aria-labelledby={`profile-${rule.profileId}`}>
          <Group gap="xs" mb="xs">
            <Title order={2} size="h4" id={`profile-${rule.profileId}`} className="break">
              {profileName(rule.profileName)}
            </Title>
            <Badge variant="light">{t(`demand.${rule.demand}`)}</Badge>
            <Text size="sm" c="dimmed">
              {t('without', { count: rule.withoutFactor })}
            </Text>
          </Group>
          <details>
            <summary>{t('change')}</summary>
            <FactorRuleForm key={rule.version} rule={rule} />
          </details>
        </Paper>
      ))}
    </Stack>
  )
}
