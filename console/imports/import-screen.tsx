// One import, from the dry run to the slips. What it shows lives on the server: a reload changes nothing.
import { Alert, Progress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, call } from '../app/api.ts'
import { FailedScreen } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { formatNumber } from '../app/texts.ts'
import { type Cause, ImportCauses } from './import-causes.tsx'
import { ImportCounts } from './import-counts.tsx'
import { ImportDone } from './import-done.tsx'
import { ImportFile } from './import-file.tsx'
import { ImportProblems } from './import-problems.tsx'
import { ImportSettings } from './import-settings.tsx'

const route = getRouteApi('/imports/$id')

export default function ImportScreen() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const [cause, setCause] = useState<Cause>()
  const found = useQuery({
    queryKey: ['imports', id],
    queryFn: ({ signal }) => call('GET /api/imports/:id', { params: { id }, signal }),
    refetchInterval: ({ state }) => (['running', 'checking'].includes(state.data?.state ?? '') ? 700 : false),
  })
  if (found.error) return <FailedScreen error={found.error} retry={() => void found.refetch()} />
  if (!found.data) return null
  const { data } = found
  const isOpen = data.state === 'mapping' || data.state === 'checked'
  return (
    <Stack>
      <div>
        <Heading area={t('imports')}>{data.fileName || t('imports:nameless')}</Heading>
        <Text c="dimmed" role="status">
          {t(`imports:state.${data.state}`)} · {t('imports:rows', { count: data.rows, number: formatNumber(data.rows) })}
        </Text>
      </div>
      {data.state === 'failed' && (
        <Alert color="red" title={t('imports:failed')}>
          {data.failReason && t(`problems:${data.failReason}.next`)}
        </Alert>
      )}
      {(data.state === 'running' || data.state === 'checking') && <Running found={data} />}
      {data.state !== 'mapping' && <ImportCounts found={data} />}
      {isOpen && <ImportFile key={`${data.id} file`} found={data} />}
      {isOpen && <ImportSettings key={`${data.id} ${data.columns.map(({ field }) => field).join()}`} found={data} />}
      {data.state === 'checked' && <ImportCauses found={data} shown={cause} onShow={setCause} />}
      {data.state === 'done' && <ImportDone found={data} />}
      {data.state !== 'mapping' && data.state !== 'checking' && (
        <ImportProblems
          key={`${cause?.column} ${cause?.code}`}
          found={data}
          cause={data.state === 'checked' ? cause : undefined}
        />
      )}
    </Stack>
  )
}

function Running({ found: { outcomes, rows, state } }: { found: Answer<'GET /api/imports/:id'> }) {
  const { t } = useTranslation()
  const done = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  const percent = rows === 0 ? 0 : Math.round((100 * done) / rows)
  return (
    <Stack gap="xs">
      <Progress.Root size="xl">
        <Progress.Section value={state === 'checking' ? 100 : percent} animated aria-label={t(`imports:state.${state}`)} />
      </Progress.Root>
      <Text>
        {state === 'checking'
          ? t('imports:checking')
          : t('imports:progress', { done: formatNumber(done), all: formatNumber(rows), percent })}
      </Text>
    </Stack>
  )
}
