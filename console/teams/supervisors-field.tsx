// Who supervises a team: a search among the accounts within reach. Who is beyond it stays, and is shown beside.
import { MultiSelect, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { usePermission } from '../app/session.tsx'

export type Supervisor = { id: string; fullName: string; username: string }

type SupervisorsFieldProps = {
  value: string[]
  onChange: (accountIds: string[]) => void
  /** Those that one already knows by name. */
  known: readonly Supervisor[]
  /** Those that stay, whatever is chosen. */
  fixed: readonly Supervisor[]
  error?: ReactNode
}

export function SupervisorsField({ value, onChange, known, fixed, error }: SupervisorsFieldProps) {
  const { t } = useTranslation()
  const maySearch = usePermission('accounts.view')
  const [typed, setTyped] = useState('')
  const [opened, setOpened] = useState(false)
  const [search] = useDebouncedValue(typed, 250)
  const found = useQuery({
    queryKey: ['accounts', 'supervisors', search],
    queryFn: ({ signal }) => call('GET /api/accounts', { query: { search, size: '20' }, signal }),
    placeholderData: keepPreviousData,
    enabled: maySearch,
  })
  // Whoever was found once keeps the name, also when the search goes on.
  const names = useRef(new Map(known.map((each) => [each.id, label(each)])))
  const options = (found.data?.accounts ?? []).filter(({ id, mayChange }) => mayChange && !fixed.some((each) => each.id === id))
  for (const each of options) names.current.set(each.id, label(each))
  const shown = new Set([...value, ...options.map(({ id }) => id)])
  return (
    <div>
      <MultiSelect
        name="supervisors"
        label={t('teams.supervisors')}
        description={t(maySearch ? 'teams.supervisors_for' : 'teams.supervisors_unseen')}
        placeholder={value.length === 0 ? t('users.search_in') : undefined}
        disabled={!maySearch}
        dropdownOpened={opened}
        onDropdownOpen={() => setOpened(true)}
        onDropdownClose={() => setOpened(false)}
        // It would lie over what comes next.
        onOptionSubmit={() => setOpened(false)}
        searchable
        searchValue={typed}
        onSearchChange={setTyped}
        data={[...shown].map((id) => ({ value: id, label: names.current.get(id) ?? id }))}
        // The server has searched already, and says which of them there are.
        filter={({ options: all }) =>
          all.filter((option) => 'value' in option && options.some(({ id }) => id === String(option.value)))
        }
        nothingFoundMessage={t(found.isFetching ? 'teams.searching' : 'users.none_found')}
        hidePickedOptions
        clearable
        maxValues={100 - fixed.length}
        value={value}
        onChange={onChange}
        error={error}
        maw={640}
      />
      {fixed.length > 0 && (
        <Text size="sm" c="dimmed" mt={4}>
          {t('teams.fixed', { names: fixed.map(({ fullName }) => fullName).join(', ') })}
        </Text>
      )}
    </div>
  )
}

function label({ fullName, username }: Supervisor): string {
  return `${fullName} (${username})`
}
