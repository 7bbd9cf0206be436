import './rules.css'
import { Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { AreaForm } from './area-form.tsx'
import { type Area, type HeldRules, useDraft } from './draft.ts'
import { rulesQuery } from './rules-query.ts'

export default function LoginRulesScreen() {
  const { t } = useTranslation()
  const rules = useQuery(rulesQuery)
  return (
    <Stack>
      <Heading>{t('rules.login')}</Heading>
      <Text>{t('rules:intro.login')}</Text>
      {rules.error && !rules.data && <Failure error={rules.error} retry={() => void rules.refetch()} />}
      {rules.data && (
        <>
          <AreaRules area="sign-in" held={rules.data} />
          <AreaRules area="sessions" held={rules.data} />
          <AreaRules area="retention" held={rules.data} />
        </>
      )}
    </Stack>
  )
}

function AreaRules({ area, held }: { area: Area; held: HeldRules }) {
  const { t } = useTranslation()
  const used = useDraft(held, area)
  return (
    <section aria-labelledby={`area-${area}`}>
      <Title order={2} size="h3" id={`area-${area}`} mb="sm">
        {t(`rules:title.${area}`)}
      </Title>
      <AreaForm area={area} held={held} used={used} />
    </section>
  )
}
