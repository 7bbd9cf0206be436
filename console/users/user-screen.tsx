import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type ComponentProps, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { call } from '../app/api.ts'
import { FailedScreen } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { usePermission, useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'
import { AccountForm, valuesOf } from './account-form.tsx'
import { AccountState } from './account-state.tsx'
import { DisputedMove } from './disputed-move.tsx'
import { MessageStanding } from './message-standing.tsx'
import { Ask } from './selection-bar.tsx'

const route = getRouteApi('/users/$id')

export default function UserScreen() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const { timeZone } = useSession()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [asking, setAsking] = useState<ComponentProps<typeof Ask>['act']>()
  const may = {
    slips: usePermission('accounts.new-password'),
    update: usePermission('accounts.update'),
    remove: usePermission('accounts.delete'),
    audit: usePermission('audit.view'),
  }
  const account = useQuery({
    queryKey: ['accounts', id],
    queryFn: ({ signal }) => call('GET /api/accounts/:id', { params: { id }, signal }),
    // A message that waits may leave at any moment.
    refetchInterval: ({ state }) => (state.data?.message?.state === 'waiting' ? 3000 : false),
  })
  const choices = useQuery({
    queryKey: ['accounts', 'choices'],
    queryFn: ({ signal }) => call('GET /api/accounts/choices', { signal }),
  })

  if (account.error) return <FailedScreen error={account.error} retry={() => void account.refetch()} />
  if (!account.data || !choices.data) return null
  const { data } = account
  const acts = ([data.enabled ? 'disable' : 'enable', 'messages', 'slips', 'remove'] as const).filter((act) =>
    act === 'messages'
      ? may.slips && data.email !== null
      : act === 'slips'
        ? may.slips
        : act === 'remove'
          ? may.remove
          : may.update,
  )
  return (
    <Stack>
      <Group justify="space-between" align="start">
        <div>
          <Heading area={t('users.title')}>{data.fullName}</Heading>
          <AccountState {...data} />
          <Text size="sm" mt={4}>
            <Link to="/desk" search={{ search: data.username }} className="link">
              {t('why_no_login')}
            </Link>
          </Text>
          <Text size="sm" c="dimmed" mt={4}>
            {data.lastLoginAt
              ? t('users.last_login_at', { moment: formatMoment(data.lastLoginAt, timeZone) })
              : t('users.never_logged_in')}
          </Text>
          {may.audit && (
            <Anchor component={Link} to={`/audit?person=${id}`} size="sm">
              {t('users.audit')}
            </Anchor>
          )}
        </div>
        {data.mayChange && !data.self && (
          <Group gap="xs">
            {acts.map((act) => (
              <Button key={act} variant={act === 'slips' ? 'filled' : 'default'} onClick={() => setAsking(act)}>
                {t(`users.act.${act}`)}
              </Button>
            ))}
          </Group>
        )}
      </Group>
      <DisputedMove account={data} />
      <MessageStanding account={data} mayRetry={may.slips && data.mayChange && !data.self} />
      {!data.mayChange && (
        <Text role="note">
          {t('problems:beyond_your_permissions.title')}. {t('problems:beyond_your_permissions.next')}
        </Text>
      )}
      <AccountForm
        key={data.version}
        choices={choices.data}
        initial={valuesOf(data)}
        usernameIsFixed
        readOnly={!may.update || !data.mayChange}
        profileIsFixed={data.self}
        emailIsFixed={!may.slips}
        submit={t('common:save')}
        onSubmit={async (values) => {
          const { username: _, ...fields } = values
          const body = { ...fields, version: data.version }
          await call('PUT /api/accounts/:id', { params: { id }, body })
          announce(t('saved'))
          await queries.invalidateQueries({ queryKey: ['accounts'] })
        }}
      />
      {asking && (
        <Ask
          act={asking}
          accountIds={[id]}
          choices={choices.data}
          onClose={() => setAsking(undefined)}
          onDone={() => {
            if (asking === 'remove') void navigate({ to: '/users' })
          }}
        />
      )}
    </Stack>
  )
}
