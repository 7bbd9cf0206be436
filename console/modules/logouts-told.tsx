import { Table, Text, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment, formatNumber } from '../app/texts.ts'
import type { Module } from './modules-query.ts'

/** The ends of sessions that a module was told of, and what it answered. */
export function LogoutsTold({ module: { id, logoutAddress } }: { module: Module }) {
  const { t } = useTranslation('modules-console')
  const { timeZone } = useSession()
  const list = useQuery({
    queryKey: ['modules', id, 'logouts'],
    queryFn: ({ signal }) => call('GET /api/modules/:id/logouts', { params: { id }, signal }),
    refetchInterval: 10_000,
  })
  if (list.error) return <Failure error={list.error} retry={() => void list.refetch()} />
  const deliveries = list.data?.deliveries ?? []
  if (deliveries.length === 0) return <Text c="dimmed">{t(logoutAddress === null ? 'logouts_untold' : 'logouts_none')}</Text>
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table verticalSpacing={4} bg="var(--surface)">
        <Table.Caption>
          <VisuallyHidden>{t('logouts')}</VisuallyHidden>
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('ended_at')}</Table.Th>
            <Table.Th>{t('state')}</Table.Th>
            <Table.Th>{t('answer')}</Table.Th>
            <Table.Th className="wide-only" ta="end">
              {t('tries')}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {deliveries.map(({ endedAt, state, tries, nextAt, answer }, i) => (
            <Table.Tr key={`${endedAt} ${i}`}>
              <Table.Td>{formatMoment(endedAt, timeZone)}</Table.Td>
              <Table.Td>
                {t(`delivery.${state}`)}
                {nextAt !== null && tries > 0 && (
                  <Text size="sm" c="dimmed">
                    {t('again_at', { moment: formatMoment(nextAt, timeZone) })}
                  </Text>
                )}
              </Table.Td>
              <Table.Td className="break">{answer ?? '–'}</Table.Td>
              <Table.Td className="wide-only" ta="end">
                {formatNumber(tries)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
