// Why can't they use a module? What a sign-in there hangs on, for one person and one module.
import { Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { AccessChecks } from '../modules/access-checks.tsx'

export function ModuleChecks({ id, fullName }: { id: string; fullName: string }) {
  const { t } = useTranslation('modules-console')
  const [chosen, choose] = useState<string | null>(null)
  const list = useQuery({
    queryKey: ['desk', 'modules', id],
    queryFn: ({ signal }) => call('GET /api/accounts/:id/modules', { params: { id }, signal }),
    refetchInterval: 10_000,
  })
  if (list.error) return <Failure error={list.error} retry={() => void list.refetch()} />
  if (!list.data || list.data.modules.length === 0) return null
  const module = list.data.modules.find((each) => each.id === chosen)
  return (
    <section aria-label={t('why_not')}>
      <Select
        mt="sm"
        label={t('why_not')}
        placeholder={t('module_choose')}
        data={list.data.modules.map(({ id: value, name }) => ({ value, label: name }))}
        value={chosen}
        onChange={choose}
        maw={320}
      />
      {module && (
        <>
          <Text fw={600} role="status" mt="xs">
            {t(module.signsIn ? 'try_yes' : 'try_no', { name: fullName })}
          </Text>
          <AccessChecks checks={module.checks} />
        </>
      )}
    </section>
  )
}
