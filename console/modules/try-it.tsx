// What a module would hear of somebody, and whether they would get in. No token is made.
import { Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { AccessChecks } from './access-checks.tsx'

export function TryIt({ moduleId }: { moduleId: string }) {
  const { t } = useTranslation('modules-console')
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed, 250)
  const [accountId, choose] = useState<string | null>(null)
  const found = useQuery({
    queryKey: ['accounts', 'try', search],
    queryFn: ({ signal }) => call('GET /api/accounts', { query: { search, size: '20' }, signal }),
    placeholderData: keepPreviousData,
  })
  const preview = useQuery({
    queryKey: ['modules', moduleId, 'people', accountId],
    queryFn: ({ signal }) =>
      call('GET /api/modules/:id/people/:accountId', { params: { id: moduleId, accountId: accountId! }, signal }),
    enabled: accountId !== null,
  })
  // Whoever was chosen keeps the name, also when the search goes on.
  const names = useRef(new Map<string, string>())
  for (const { id, fullName, username } of found.data?.accounts ?? []) names.current.set(id, `${fullName} (${username})`)
  const shown = new Set([...(found.data?.accounts ?? []).map(({ id }) => id), ...(accountId === null ? [] : [accountId])])
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('try_for')}
      </Text>
      <Select
        label={t('person')}
        placeholder={t('person_search')}
        searchable
        onSearchChange={setTyped}
        // The server has searched already.
        filter={({ options }) => options}
        data={[...shown].map((id) => ({ value: id, label: names.current.get(id) ?? id }))}
        nothingFoundMessage={t('console:users.none_found')}
        value={accountId}
        onChange={choose}
        maw={480}
      />
      {preview.error && <Failure error={preview.error} />}
      {preview.data && (
        <div aria-live="polite">
          <Text fw={600}>
            {t(preview.data.access.signsIn ? 'try_yes' : 'try_no', { name: names.current.get(accountId ?? '') ?? '' })}
          </Text>
          <AccessChecks checks={preview.data.access.checks} />
          {preview.data.scopes.map(({ scope, claims }) => (
            <div key={scope}>
              <Text size="sm" c="dimmed">
                {t('claims_of', { scope })}
              </Text>
              <section className="claims" aria-label={t('claims_of', { scope })}>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is cut off is scrolled to by keyboard. */}
                <pre tabIndex={0}>{JSON.stringify(claims, null, 2)}</pre>
              </section>
            </div>
          ))}
        </div>
      )}
    </Stack>
  )
}
