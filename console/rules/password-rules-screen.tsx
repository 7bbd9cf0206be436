import './rules.css'
import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { usePermission } from '../app/session.tsx'
import { AreaForm } from './area-form.tsx'
import { type HeldRules, rulesOf, useDraft } from './draft.ts'
import { ExpirePasswords } from './expire-passwords.tsx'
import { Preview } from './preview.tsx'
import { rulesQuery } from './rules-query.ts'

export default function PasswordRulesScreen() {
  const { t } = useTranslation()
  const rules = useQuery(rulesQuery)
  return (
    <Stack>
      <Heading>{t('rules.passwords')}</Heading>
      {rules.error && !rules.data && <Failure error={rules.error} retry={() => void rules.refetch()} />}
      {rules.data && <PasswordRules held={rules.data} />}
    </Stack>
  )
}

function PasswordRules({ held }: { held: HeldRules }) {
  const { t } = useTranslation()
  const used = useDraft(held, 'passwords')
  const mayChange = usePermission('rules.manage')
  return (
    <>
      <Text>{t('rules:intro.passwords')}</Text>
      <Text>
        {t('rules:always')} {held.refusesBreachedPasswords && t('rules:always_breached')}
      </Text>
      <AreaForm area="passwords" held={held} used={used}>
        <Preview rules={rulesOf(held, 'passwords')} draft={used.draft} />
      </AreaForm>
      {mayChange && <ExpirePasswords last={held.passwordsChosenAfter} />}
    </>
  )
}
