// One day of a person as a line: in, out, refused, helped, and by whom. The day is in the address, so that it can be sent to somebody.
import { Button, Group, Text, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { useSession } from '../app/session.tsx'
import { formatTime } from '../app/texts.ts'
import { Details } from '../audit/details.tsx'
import { groupOf } from '../audit/kinds.ts'
import { Said } from '../audit/said.tsx'

const route = getRouteApi('/users/$id')

export function HistoryTab({ id, day: given }: { id: string; day: string | undefined }) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const navigate = route.useNavigate()
  const today = new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date())
  const day = given ?? today
  const show = (to: string) =>
    void navigate({ search: { tab: 'history', day: to === today ? undefined : to }, replace: true, resetScroll: false })
  const list = useQuery({
    queryKey: ['audit', 'person', id, day],
    queryFn: ({ signal }) => call('GET /api/audit', { query: { person: id, from: day, to: day }, signal }),
    placeholderData: keepPreviousData,
    // Today goes on.
    refetchInterval: day === today ? 15_000 : false,
  })
  const events = (list.data?.events ?? []).toReversed()
  return (
    <div className="person-part">
      <Group gap="xs" align="end">
        <Button variant="default" onClick={() => show(neighbour(day, -1))}>
          {t('person:day_before')}
        </Button>
        <TextInput
          type="date"
          label={t('person:day')}
          value={day}
          min="1900-01-01"
          max={today}
          onChange={({ currentTarget: { value } }) => value !== '' && show(value)}
        />
        <Button variant="default" disabled={day >= today} onClick={() => show(neighbour(day, 1))}>
          {t('person:day_after')}
        </Button>
      </Group>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data?.next && <Text mt="md">{t('person:only_latest')}</Text>}
      {list.data && events.length === 0 && (
        <Text py="lg" role="status">
          {t('person:nothing')}
        </Text>
      )}
      <ol className="timeline">
        {events.map((event) => (
          <li key={event.id} data-kind={lookOf(event.event)}>
            <time dateTime={event.at}>{formatTime(event.at, timeZone, true)}</time>
            <div className="break">
              <Said event={event} names={list.data!.names} />
              <Details event={event} names={list.data!.names} />
              <span className="quiet">{[event.address, event.device].filter(Boolean).join(' · ')}</span>
            </div>
          </li>
        ))}
      </ol>
    </div>
  )
}

/** What the mark beside an event looks like: in, out, kept out, or something that somebody did. */
function lookOf(event: keyof typeof groupOf): 'in' | 'out' | 'refused' | 'other' {
  if (event === 'login' || event === 'proved_again') return 'in'
  if (event === 'session_ended') return 'out'
  return event.endsWith('_refused') && groupOf[event] === 'logins' ? 'refused' : 'other'
}

function neighbour(day: string, days: number): string {
  const at = new Date(`${day}T12:00:00Z`)
  at.setUTCDate(at.getUTCDate() + days)
  return at.toISOString().slice(0, 10)
}
