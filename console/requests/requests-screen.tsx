// Recovery requests: people without an email address who forgot their password, and what can be done for them.
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { usePermission, useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'
import { keepSlips } from '../slips/kept-slips.ts'
import { RefuseDialog } from './refuse-dialog.tsx'
import { type RecoveryRequest, requestsKey, useRequests } from './use-requests.ts'

export default function RequestsScreen() {
  const { t } = useTranslation()
  const list = useRequests()
  const [refusing, setRefusing] = useState<RecoveryRequest>()
  // Of the screen and not of the request, which is gone when somebody else was faster.
  const [failure, setFailure] = useState<Error | null>(null)
  const requests = list.data?.requests ?? []
  const mine = requests.filter(({ isMine }) => isMine)
  const others = requests.filter(({ isMine }) => !isMine)
  return (
    <Stack gap="md">
      <Heading>{t('requests.title')}</Heading>
      <Text c="dimmed">{t('requests.what')}</Text>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {failure && <Failure error={failure} />}
      <Text role="status" fw={600}>
        {list.data && (mine.length === 0 ? t('requests.none') : t('requests.waiting', { count: mine.length }))}
      </Text>
      {list.data && mine.length === 0 && <Text>{t('requests.none_next')}</Text>}
      <RequestList requests={mine} onRefuse={setRefusing} onFailure={setFailure} />
      {others.length > 0 && (
        <>
          <Title order={2} size="h4">
            {t('requests.others')}
          </Title>
          <Text c="dimmed">{t('requests.others_next')}</Text>
          <RequestList requests={others} onRefuse={setRefusing} onFailure={setFailure} />
        </>
      )}
      {refusing && <RefuseDialog request={refusing} onClose={() => setRefusing(undefined)} />}
    </Stack>
  )
}

type Acts = { onRefuse: (request: RecoveryRequest) => void; onFailure: (failure: Error | null) => void }

function RequestList({ requests, ...acts }: Acts & { requests: readonly RecoveryRequest[] }) {
  if (requests.length === 0) return null
  return (
    <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
      {requests.map((request) => (
        <RequestCard key={request.id} request={request} {...acts} />
      ))}
    </Stack>
  )
}

function RequestCard({ request, onRefuse, onFailure }: Acts & { request: RecoveryRequest }) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const answer = useMutation({
    mutationFn: () => call('POST /api/recovery-requests/:id/answer', { params: { id: request.id }, body: {} }),
    onMutate: () => onFailure(null),
    onSuccess: ({ slip }) => {
      keepSlips([slip])
      void navigate({ to: '/slips' })
    },
    onError: onFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: requestsKey }),
  })
  // Anybody can ask for anybody, so it takes what any new password takes.
  const mayAnswer = usePermission('accounts.new-password')
  const { account, asked } = request
  const facts = [
    [t('requests.since'), formatMoment(request.openedAt, timeZone)],
    [t('requests.from'), [request.device || t('common:unknown_device'), request.address].join(' · ')],
    [t('requests.team'), account.team?.name ?? t('users.no_team')],
  ]
  return (
    <Paper component="li" withBorder p="md" aria-label={account.fullName}>
      <Group justify="space-between" align="start">
        <div>
          <Text fw={600} size="lg" className="break">
            {account.fullName}
          </Text>
          <Text c="dimmed" className="break">
            {account.username}
          </Text>
        </div>
        <Group gap="xs">
          {mayAnswer && (
            <Button
              loading={answer.isPending}
              onClick={() => answer.mutate()}
              aria-label={`${t('requests.new_password')}: ${account.fullName}`}
            >
              {t('requests.new_password')}
            </Button>
          )}
          <Button
            variant="default"
            onClick={() => onRefuse(request)}
            disabled={answer.isPending}
            aria-label={`${t('requests.refuse')}: ${account.fullName}`}
          >
            {t('requests.refuse')}
          </Button>
        </Group>
      </Group>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="break">{value}</dd>
          </div>
        ))}
      </dl>
      {asked > 1 && (
        <Text size="sm" mt="xs">
          {t('requests.asked', { count: asked, moment: formatMoment(request.askedAt, timeZone) })}
        </Text>
      )}
    </Paper>
  )
}
