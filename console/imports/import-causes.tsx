import { Button, Group, List, Paper, Select, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { type Answer, ApiProblem, call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { usePermission, useSession } from '../app/session.tsx'
import { formatNumber } from '../app/texts.ts'
import type { Found } from './send-file.ts'
import { settingsOf, useCheck } from './use-check.ts'

export type Cause = Answer<'GET /api/imports/:id/causes'>['causes'][number]
type CausesProps = { found: Found; shown: Cause | undefined; onShow: (cause: Cause | undefined) => void }

/** What is wrong, once for each cause: with what mends all of its rows at once, and which rows they are. */
export function ImportCauses({ found, shown, onShow }: CausesProps) {
  const { t } = useTranslation()
  const list = useQuery({
    queryKey: ['imports', found.id, 'causes', found.verdicts],
    queryFn: ({ signal }) => call('GET /api/imports/:id/causes', { params: { id: found.id }, signal }),
  })
  if (list.error) return <Failure error={list.error} />
  const causes = list.data?.causes ?? []
  if (causes.length === 0) return null
  return (
    <Stack gap="xs" component="section" aria-labelledby="import-causes">
      <Title order={2} size="h4" id="import-causes">
        {t('imports:causes')}
      </Title>
      {causes.map((cause) => {
        const isShown = shown?.code === cause.code && shown.column === cause.column
        return (
          <Paper withBorder p="sm" key={`${cause.column}${cause.code}`}>
            <Group justify="space-between" align="start">
              <Text className="break" flex="1 1 14rem">
                {cause.column && <strong>{t(`imports:field.${cause.column}`)}: </strong>}
                {t(`imports:cause.${cause.code}`, { defaultValue: t(`imports:problem.${cause.code}`, { otherRow: '…' }) })}{' '}
                <Text span c="dimmed">
                  {t('imports:rows', { count: cause.rows, number: formatNumber(cause.rows) })}
                </Text>
              </Text>
              <Button
                size="compact-sm"
                variant="default"
                aria-pressed={isShown}
                onClick={() => onShow(isShown ? undefined : cause)}
              >
                {t(isShown ? 'imports:show_all' : 'imports:show_rows')}
              </Button>
            </Group>
            {cause.code === 'team_unknown' && <UnknownTeams found={found} values={cause.values} />}
            {cause.code === 'profile_unknown' && <UnknownProfiles found={found} values={cause.values} />}
          </Paper>
        )
      })}
    </Stack>
  )
}

function UnknownTeams({ found, values }: { found: Found; values: Cause['values'] }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const mayMake = usePermission('teams.manage')
  const { accountId } = useSession()
  const checking = useCheck(found)
  const making = useMutation({
    mutationFn: async () => {
      // Who does not reach every team sees only those that they supervise.
      const { self } = await call('GET /api/teams', {})
      const supervisors = self.mustSupervise ? [accountId] : []
      for (const { value } of values)
        await call('POST /api/teams', { body: { name: value, supervisors } }).catch((error: unknown) => {
          // Somebody else was faster: it is there, which is all that was wanted.
          if (!(error instanceof ApiProblem) || error.status !== 409) throw error
        })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['teams'] }),
    onSuccess: () => {
      announce(t('imports:teams_made', { count: values.length, number: formatNumber(values.length) }))
      checking.mutate(settingsOf(found))
    },
  })
  return (
    <Stack gap="xs" mt="xs">
      <Values values={values} />
      {mayMake && values.length > 0 && (
        <Group>
          <Button size="sm" onClick={() => making.mutate()} loading={making.isPending || checking.isPending}>
            {t('imports:make_teams', { count: values.length, number: formatNumber(values.length) })}
          </Button>
        </Group>
      )}
      {making.error && <Failure error={making.error} />}
      {checking.error && <Failure error={checking.error} />}
    </Stack>
  )
}

/** A profile says what people may do, so none is made by the way: each name becomes one that is there. */
function UnknownProfiles({ found, values }: { found: Found; values: Cause['values'] }) {
  const { t } = useTranslation()
  const checking = useCheck(found)
  const [chosen, setChosen] = useState<Record<string, string | null>>({})
  const choices = useQuery({
    queryKey: ['accounts', 'choices'],
    queryFn: ({ signal }) => call('GET /api/accounts/choices', { signal }),
  })
  const mend = Object.entries(chosen).flatMap(([from, to]) => (to === null ? [] : [{ field: 'profile', from, to } as const]))
  return (
    <Stack gap="xs" mt="xs">
      {values.map(({ value, rows }) => (
        <Select
          key={value}
          label={t('imports:profile_instead', { value })}
          description={t('imports:rows', { count: rows, number: formatNumber(rows) })}
          maw="22rem"
          data={(choices.data?.profiles ?? []).map(({ name }) => name)}
          value={chosen[value] ?? null}
          onChange={(to) => setChosen({ ...chosen, [value]: to })}
        />
      ))}
      <Group>
        <Button
          size="sm"
          disabled={mend.length === 0}
          loading={checking.isPending}
          onClick={() => checking.mutate({ ...settingsOf(found), mend })}
        >
          {t('imports:use_profiles')}
        </Button>
      </Group>
      {checking.error && <Failure error={checking.error} />}
    </Stack>
  )
}

function Values({ values }: { values: Cause['values'] }) {
  const { t } = useTranslation()
  return (
    <List size="sm" listStyleType="none" style={{ columns: '12rem' }}>
      {values.map(({ value, rows }) => (
        <List.Item key={value} className="break">
          <q>{value}</q>{' '}
          <Text span c="dimmed" size="sm">
            {t('imports:rows', { count: rows, number: formatNumber(rows) })}
          </Text>
        </List.Item>
      ))}
    </List>
  )
}
