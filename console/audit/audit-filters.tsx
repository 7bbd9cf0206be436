import { Group, MultiSelect, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { SearchField } from '../app/list-parts.tsx'
import { usePermission } from '../app/session.tsx'
import type { AuditSearch } from './audit-search.ts'
import { groupOf, groups, type Kind } from './kinds.ts'

type FiltersProps = {
  given: AuditSearch
  change: (to: Partial<AuditSearch>) => void
  /** How the person is called who is asked for, when that is known. */
  personName: string | undefined
}

export function AuditFilters({ given, change, personName }: FiltersProps) {
  const { t } = useTranslation()
  const kinds = Object.keys(groupOf) as Kind[]
  const day = (which: 'from' | 'to') => (
    <TextInput
      type="date"
      label={t(`audit:${which}`)}
      min="1900-01-01"
      max="2099-12-31"
      value={given[which] ?? ''}
      onChange={(event) => change({ [which]: event.currentTarget.value || undefined })}
      flex="1 1 9rem"
    />
  )
  return (
    <Group gap="sm" align="end">
      <SearchField placeholder={t('audit:search_in')} value={given.search} onChange={(search) => change({ search })} />
      <PersonField value={given.person} name={personName} onChange={(person) => change({ person })} />
      {day('from')}
      {day('to')}
      <MultiSelect
        label={t('audit:events')}
        placeholder={given.events ? undefined : t('all')}
        data={groups.map((group) => ({
          group: t(`audit:group.${group}`),
          items: kinds.filter((kind) => groupOf[kind] === group).map((kind) => ({ value: kind, label: t(`audit:kind.${kind}`) })),
        }))}
        value={given.events?.split(',').filter((kind) => kind in groupOf) ?? []}
        onChange={(events) => change({ events: events.join(',') || undefined })}
        searchable
        clearable
        // The list itself scrolls: a region around it could not be reached with the keyboard.
        withScrollArea={false}
        classNames={{ options: 'scrolling-options' }}
        flex="2 1 18rem"
      />
    </Group>
  )
}

type PersonFieldProps = { value: string | undefined; name: string | undefined; onChange: (id: string | undefined) => void }

/** Somebody within reach, found by name or username. */
function PersonField({ value, name, onChange }: PersonFieldProps) {
  const { t } = useTranslation()
  const maySearch = usePermission('accounts.view')
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed, 250)
  const found = useQuery({
    queryKey: ['accounts', 'audit', search],
    queryFn: ({ signal }) => call('GET /api/accounts', { query: { search, size: '20' }, signal }),
    placeholderData: keepPreviousData,
    enabled: maySearch && search !== '' && search !== name,
  })
  const options = (found.data?.accounts ?? []).map(({ id, fullName, username }) => ({
    value: id,
    label: `${fullName} (${username})`,
  }))
  if (value !== undefined && !options.some((option) => option.value === value))
    options.unshift({ value, label: name ?? t('audit:unknown_person') })
  if (!maySearch && value === undefined) return null
  return (
    <Select
      label={t('audit:person')}
      placeholder={t('users.search_in')}
      data={options}
      // The server has searched already.
      filter={({ options }) => options}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      searchable={maySearch}
      onSearchChange={setTyped}
      nothingFoundMessage={typed === '' ? undefined : t(found.isFetching ? 'teams.searching' : 'users.none_found')}
      clearable
      flex="1 1 12rem"
    />
  )
}
