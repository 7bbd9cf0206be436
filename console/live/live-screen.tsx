// Who is logged in, since when and where, and how the seats are used. Keeps itself up to date.
import { Button, Group, Paper, Select, Stack, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { SearchField } from '../app/list-parts.tsx'
import { usePermission } from '../app/session.tsx'
import { formatNumber } from '../app/texts.ts'
import { EndSessions } from './end-sessions.tsx'
import { pageSize, useLiveSessions } from './live-queries.ts'
import type { LiveSearch } from './live-search.ts'
import { LiveTable } from './live-table.tsx'
import { SeatsPanel } from './seats-panel.tsx'

const route = getRouteApi('/live')

export default function LiveScreen() {
  const { t } = useTranslation()
  const given = route.useSearch()
  const navigate = route.useNavigate()
  const mayEnd = usePermission('sessions.end')
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [asking, setAsking] = useState<'selected' | 'all'>()
  const change = (to: Partial<LiveSearch>) => {
    setSelected(new Set())
    void navigate({ search: (before) => ({ ...before, ...to }), replace: true })
  }
  const list = useLiveSessions(given)
  const { sessions = [], total = 0, teams = [], reachesAllTeams = false } = list.data ?? {}
  const filtered = Boolean(given.search || given.team)
  // Whoever has logged out meanwhile is selected no more, as far as one can see all of them.
  const seen = new Set(sessions.map(({ accountId }) => accountId))
  const chosen = [...selected].filter((accountId) => total > pageSize || seen.has(accountId))
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Heading>{t('live.title')}</Heading>
        {mayEnd && reachesAllTeams && !filtered && (
          <Button variant="default" onClick={() => setAsking('all')}>
            {t('live:end_all')}
          </Button>
        )}
      </Group>
      <SeatsPanel />
      <Group gap="sm" align="end">
        <SearchField placeholder={t('users.search_in')} value={given.search} onChange={(search) => change({ search })} />
        <Select
          label={t('users.team')}
          placeholder={t('all')}
          data={[
            ...(reachesAllTeams ? [{ value: 'none', label: t('users.no_team') }] : []),
            ...teams.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={given.team ?? null}
          onChange={(team) => change({ team: team ?? undefined })}
          clearable
          searchable
          flex="1 1 9rem"
        />
      </Group>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data && <Text c="dimmed">{t('live:count', { count: total, number: formatNumber(total) })}</Text>}
      {chosen.length > 0 && (
        <Paper withBorder p="xs" component="section" aria-label={t('selection')}>
          <Group gap="xs">
            <Text fw={600} role="status">
              {t('selected', { count: chosen.length })}
            </Text>
            <Button size="sm" onClick={() => setAsking('selected')}>
              {t('live:end')}
            </Button>
            <Button size="sm" variant="subtle" onClick={() => setSelected(new Set())}>
              {t('select_none')}
            </Button>
          </Group>
        </Paper>
      )}
      {list.data && total === 0 ? (
        <Text py="xl" ta="center">
          {t(filtered ? 'live:none_found' : 'live:none_yet')}
        </Text>
      ) : (
        <LiveTable
          filter={given}
          first={sessions}
          total={total}
          onSort={change}
          selected={selected}
          onSelect={mayEnd ? setSelected : undefined}
        />
      )}
      {asking && (
        <EndSessions
          whose={asking === 'all' ? { all: total } : { accountIds: chosen }}
          onClose={() => setAsking(undefined)}
          onDone={() => setSelected(new Set())}
        />
      )}
    </Stack>
  )
}
