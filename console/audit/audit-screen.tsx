// The audit: who did what to whom, when and from where.
import { Button, Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { ExportMenu } from '../app/list-parts.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment, formatNumber, formatTime } from '../app/texts.ts'
import { AuditFilters } from './audit-filters.tsx'
import type { AuditSearch } from './audit-search.ts'
import { Details } from './details.tsx'
import type { AuditEvent } from './kinds.ts'
import { Said } from './said.tsx'

const route = getRouteApi('/audit')

export default function AuditScreen() {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const given = route.useSearch()
  const navigate = route.useNavigate()
  const change = (to: Partial<AuditSearch>) => void navigate({ search: (before) => ({ ...before, ...to }), replace: true })
  const list = useInfiniteQuery({
    queryKey: ['audit', given],
    queryFn: ({ pageParam, signal }) => call('GET /api/audit', { query: { ...given, after: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const pages = list.data?.pages ?? []
  const events = pages.flatMap((page) => page.events)
  const names = Object.assign({}, ...pages.map((page) => page.names)) as Record<string, string>
  const searchedTo = pages.at(-1)?.searchedTo
  const people = events.flatMap(({ actor, subject }) => [actor, subject])
  const person = given.person && people.find((each) => each?.id === given.person)
  const filtered = Object.values(given).some(Boolean)
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Heading>{t('permissions:areas.audit')}</Heading>
        <ExportMenu route="POST /api/audit/export" filter={given} />
      </Group>
      <Text c="dimmed">{t('audit:about')}</Text>
      <AuditFilters
        key={given.person}
        given={given}
        change={change}
        personName={person ? `${person.fullName || t('audit:removed_account')} (${person.username})` : undefined}
      />
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      <Text role="status" c="dimmed">
        {events.length > 0 && t('audit:shown', { count: events.length, number: formatNumber(events.length) })}
        {searchedTo && ` ${t('audit:searched_to', { moment: formatMoment(searchedTo, timeZone) })}`}
      </Text>
      {events.length > 0 && <EventTable events={events} names={names} />}
      {list.data && events.length === 0 && !searchedTo && (
        <Text py="xl" ta="center">
          {t(filtered ? 'audit:none_found' : 'audit:none_yet')}
        </Text>
      )}
      {list.hasNextPage && (
        <Button variant="default" mx="auto" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t(searchedTo ? 'audit:search_further' : 'audit:older')}
        </Button>
      )}
    </Stack>
  )
}

function EventTable({ events, names }: { events: readonly AuditEvent[]; names: Record<string, string> }) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const moment = (at: string) => `${formatMoment(at, timeZone).replace(formatTime(at, timeZone), formatTime(at, timeZone, true))}`
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table verticalSpacing="xs" bg="var(--surface)">
        <Table.Caption>
          <VisuallyHidden>{t('permissions:areas.audit')}</VisuallyHidden>
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className="wide-only">{t('audit:column.when')}</Table.Th>
            <Table.Th>{t('audit:column.what')}</Table.Th>
            <Table.Th className="wide-only">{t('audit:column.from_where')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {events.map((event) => {
            const where = [event.address, event.device].filter(Boolean).join(' · ')
            return (
              <Table.Tr key={event.id}>
                <Table.Td className="wide-only" valign="top" w={240}>
                  <time dateTime={event.at}>{moment(event.at)}</time>
                </Table.Td>
                <Table.Td>
                  <Text component="div" size="sm" className="break">
                    <Said event={event} names={names} />
                  </Text>
                  <Details event={event} names={names} />
                  <Text size="sm" c="dimmed" className="narrow-only break">
                    {[moment(event.at), where].filter(Boolean).join(' · ')}
                  </Text>
                </Table.Td>
                <Table.Td className="wide-only break" valign="top">
                  {where}
                </Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
