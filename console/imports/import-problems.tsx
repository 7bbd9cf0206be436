import { Stack, Table, Text, Title } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { Pages } from '../app/list-parts.tsx'
import { formatNumber } from '../app/texts.ts'
import type { Cause } from './import-causes.tsx'
import { MendCell } from './mend-cell.tsx'
import type { Found } from './send-file.ts'

const pageSize = 100

/** Every row of which there is something to say: where it stands, what it holds, and why. */
export function ImportProblems({ found, cause }: { found: Found; cause: Cause | undefined }) {
  const { t } = useTranslation()
  const { id, state, verdicts } = found
  const [page, setPage] = useState(1)
  const query = { problem: 'any', ...(cause && { code: cause.code, ...(cause.column && { column: cause.column }) }) } as const
  const list = useQuery({
    queryKey: ['imports', id, 'problems', state, verdicts, cause?.code, cause?.column, page],
    queryFn: ({ signal }) =>
      call('GET /api/imports/:id/rows', { params: { id }, query: { ...query, page: String(page) }, signal }),
    placeholderData: keepPreviousData,
  })
  if (list.error) return <Failure error={list.error} />
  if (!list.data || list.data.total === 0) return null
  return (
    <Stack gap="xs">
      <Title order={2} size="h4" id="import-problems">
        {t('imports:problems', { count: list.data.total, number: formatNumber(list.data.total) })}
      </Title>
      <Table.ScrollContainer minWidth={0}>
        <Table verticalSpacing="xs" bg="var(--surface)" aria-labelledby="import-problems">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('imports:report.row')}</Table.Th>
              <Table.Th>{t('imports:report.username')}</Table.Th>
              <Table.Th>{t('imports:report.reasons')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.data.rows.map(({ row, username, verdict, problems }) => (
              <Table.Tr key={row}>
                <Table.Td>{row}</Table.Td>
                <Table.Td className="break">
                  {username}
                  <Text size="sm" c="dimmed">
                    {verdict && t(`imports:verdict.${verdict}`)}
                  </Text>
                </Table.Td>
                <Table.Td>
                  {problems.map(({ column, value, code, note, otherRow }) => (
                    <div key={`${column}${code}`}>
                      <Text size="sm" className="break" span>
                        {column && <strong>{t(`imports:field.${column}`)}: </strong>}
                        {value && <q>{value}</q>} {t(`imports:problem.${code}`, { otherRow })}
                      </Text>
                      {column && !note && state === 'checked' && (
                        <MendCell found={found} row={row} field={column} value={value} />
                      )}
                    </div>
                  ))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Pages total={list.data.total} size={pageSize} page={page} onChange={setPage} />
    </Stack>
  )
}
