// The list of accounts: search, filter, sort, page, and what can be done to a selection.

import { Button, Group, Select, Skeleton, Stack, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { accountStates } from '../../contracts/account-states.ts'
import { type Answer, call, type Query } from '../app/api.ts'
import { DensitySwitch } from '../app/density.tsx'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { ExportMenu, Pages, SearchField } from '../app/list-parts.tsx'
import { usePermission } from '../app/session.tsx'
import { formatNumber } from '../app/texts.ts'
import { useProfileName } from '../profiles/profile-name.ts'
import { ColumnsMenu } from './columns.tsx'
import { keepList } from './last-list.ts'
import { MailNotice, useMail } from './mail-notice.tsx'
import { SelectionBar } from './selection-bar.tsx'
import type { UsersSearch } from './users-search.ts'
import { UsersTable } from './users-table.tsx'
import { Views } from './views.tsx'

const route = getRouteApi('/users')
const pageSize = 50
// What is usual comes first.
const states = accountStates.toReversed()

export default function UsersScreen() {
  const { t } = useTranslation()
  const given = route.useSearch()
  const navigate = route.useNavigate()
  useEffect(() => keepList(given), [given])
  const mayCreate = usePermission('accounts.create')
  const mayExport = usePermission('accounts.export')
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const change = (to: Partial<UsersSearch>) => {
    setSelected(new Set())
    void navigate({ search: (before) => ({ ...before, page: undefined, ...to }), replace: true })
  }

  const { page = 1, ...filter } = given
  const { sort: _, direction: __, ...exported } = filter
  const query = { ...filter, page: String(page), size: String(pageSize) } as Query<'GET /api/accounts'>
  const list = useQuery({
    queryKey: ['accounts', query],
    queryFn: ({ signal }) => call('GET /api/accounts', { query, signal }),
    placeholderData: keepPreviousData,
  })
  const choices = useQuery({
    queryKey: ['accounts', 'choices'],
    queryFn: ({ signal }) => call('GET /api/accounts/choices', { signal }),
  })
  const mail = useMail()
  const accounts = list.data?.accounts ?? []
  const total = list.data?.total ?? 0
  const filtered = Boolean(given.search || given.profile || given.team || given.state || given.group)

  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Heading>{t('users.title')}</Heading>
        <Group gap="xs">
          {mayExport && <ExportMenu route="POST /api/accounts/export" filter={exported} />}
          {mayCreate && (
            <Button component={Link} to="/users/new">
              {t('users.new')}
            </Button>
          )}
        </Group>
      </Group>
      <Filters given={given} change={change} choices={choices.data} />
      <Views group={given.group} change={change} />
      {list.isPending || mail.isLoading ? (
        // All at once: what came a moment later would push the list away from under somebody's hand.
        <Skeleton height={480} />
      ) : (
        <>
          <MailNotice />
          {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
          <Group justify="space-between" mih={36}>
            <Text role="status" c="dimmed">
              {list.data && t('users.count', { count: total, number: formatNumber(total) })}
            </Text>
            <Group gap="xs">
              <ColumnsMenu />
              <DensitySwitch />
            </Group>
          </Group>
          {selected.size > 0 && (
            <SelectionBar accountIds={[...selected]} choices={choices.data} onDone={() => setSelected(new Set())} />
          )}
          {list.data && total === 0 ? (
            <Text py="xl" ta="center">
              {t(filtered ? 'users.none_found' : 'users.none_yet')}
            </Text>
          ) : (
            <UsersTable
              accounts={accounts}
              sort={given.sort}
              direction={given.direction}
              onSort={change}
              selected={selected}
              onSelect={setSelected}
            />
          )}
          <Pages total={total} size={pageSize} page={page} onChange={(to) => change({ page: to })} />
        </>
      )}
    </Stack>
  )
}

type FiltersProps = {
  given: UsersSearch
  change: (to: Partial<UsersSearch>) => void
  choices: Answer<'GET /api/accounts/choices'> | undefined
}

function Filters({ given, change, choices }: FiltersProps) {
  const { t } = useTranslation()
  const profileName = useProfileName()
  const named = (list: { id: string; name: string }[] | undefined) =>
    (list ?? []).map(({ id, name }) => ({ value: id, label: name }))
  return (
    <Group gap="sm" align="end">
      <SearchField placeholder={t('users.search_in')} value={given.search} onChange={(search) => change({ search })} />
      <Select
        label={t('users.profile')}
        placeholder={t('all')}
        data={(choices?.profiles ?? []).map(({ id, name }) => ({ value: id, label: profileName(name) }))}
        value={given.profile ?? null}
        onChange={(profile) => change({ profile: profile ?? undefined })}
        clearable
        searchable
        flex="1 1 9rem"
      />
      <Select
        label={t('users.team')}
        placeholder={t('all')}
        data={[...(choices?.mayLeaveWithoutTeam ? [{ value: 'none', label: t('users.no_team') }] : []), ...named(choices?.teams)]}
        value={given.team ?? null}
        onChange={(team) => change({ team: team ?? undefined })}
        clearable
        searchable
        flex="1 1 9rem"
      />
      <Select
        label={t('users.state_title')}
        placeholder={t('all')}
        data={states.map((state) => ({ value: state, label: t(`users.state.${state}`) }))}
        value={given.state ?? null}
        onChange={(state) => change({ state: state ?? undefined })}
        clearable
        flex="1 1 9rem"
      />
    </Group>
  )
}
