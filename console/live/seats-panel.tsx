// How the seats are used: now, and over the day.
import { Alert, Group, Paper, Progress, Skeleton, Table, Text, Title, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { useSession } from '../app/session.tsx'
import { formatNumber, formatTime } from '../app/texts.ts'
import { useSeats, useSeatsWeekAgo } from './live-queries.ts'
import { SeatsCurve } from './seats-curve.tsx'

type Seats = Answer<'GET /api/seats'>

export function SeatsPanel() {
  const { t } = useTranslation()
  const { data, error, refetch } = useSeats()
  const weekAgo = useSeatsWeekAgo()
  const [isWide] = useState(() => matchMedia('(min-width: 48em)').matches)
  if (error) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton height={isWide ? 420 : 150} />
  const { seats, seatReserve, inUse, peakToday, refusalsToday } = data
  const used = formatNumber(inUse)
  const inWords = seats === null ? t('live:no_limit', { used }) : t('live:of', { used, seats: formatNumber(seats) })
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="seats-title">
      <Group justify="space-between" align="start">
        <div>
          <Title order={2} size="h4" id="seats-title">
            {t('live:seats')}
          </Title>
          <Text fz="xl" fw={600}>
            {inWords}
          </Text>
          {seats !== null && seatReserve > 0 && (
            <Text size="sm" c="dimmed">
              {t('live:reserve', { number: formatNumber(seatReserve) })}
            </Text>
          )}
        </div>
        <Group gap="xl">
          <Figure name={t('live:peak')} value={peakToday} />
          <Figure name={t('live:refused')} value={refusalsToday} />
        </Group>
      </Group>
      {seats !== null && (
        <Progress.Root size="lg" my="sm">
          <Progress.Section
            value={Math.min(100, (inUse / seats) * 100)}
            color={inUse >= seats ? 'red.9' : 'accent.7'}
            aria-label={t('live:seats')}
            aria-valuetext={inWords}
          />
        </Progress.Root>
      )}
      {seats !== null && inUse >= seats && (
        <Alert color="red" my="sm">
          {t('live:full')}
        </Alert>
      )}
      {/* On a phone the people come first. */}
      <details open={isWide}>
        <summary>{t('live:over_the_day')}</summary>
        <SeatsCurve seats={seats} quarters={data.quarters} weekAgo={weekAgo.data?.quarters ?? []} />
        <details>
          <summary>{t('live:as_table')}</summary>
          <Quarters quarters={data.quarters} />
        </details>
      </details>
    </Paper>
  )
}

function Figure({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text fz="lg" fw={600}>
        {formatNumber(value)}
      </Text>
    </div>
  )
}

/** The curve for whoever reads it rather than sees it. */
function Quarters({ quarters }: Pick<Seats, 'quarters'>) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  return (
    <Table maw={420} mt="xs">
      <Table.Caption>
        <VisuallyHidden>{t('live:curve')}</VisuallyHidden>
      </Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('live:begins')}</Table.Th>
          <Table.Th ta="end">{t('live:most')}</Table.Th>
          <Table.Th ta="end">{t('live:refusals')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {quarters.toReversed().map(({ from, peak, refusals }) => (
          <Table.Tr key={from}>
            <Table.Td>{formatTime(from, timeZone)}</Table.Td>
            <Table.Td ta="end">{formatNumber(peak)}</Table.Td>
            <Table.Td ta="end">{formatNumber(refusals)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
