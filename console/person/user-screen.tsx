// One person: who they are and whether they are in, and then by tabs what keeps them out, what happened, where they were, what is said
// of them. What cannot be undone stands apart, at the end.
import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type ComponentProps, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { FailedScreen } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { usePermission, useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'
import { useProfileName } from '../profiles/profile-name.ts'
import { AccountState } from '../users/account-state.tsx'
import { DisputedMove } from '../users/disputed-move.tsx'
import { lastList } from '../users/last-list.ts'
import { MessageStanding } from '../users/message-standing.tsx'
import { Ask } from '../users/selection-bar.tsx'
import type { Account } from './account.ts'
import { DetailsTab } from './details-tab.tsx'
import { HistoryTab } from './history-tab.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { SessionsTab } from './sessions-tab.tsx'
import './person.css'

const route = getRouteApi('/users/$id')

export default function UserScreen() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const { tab = 'overview', day } = route.useSearch()
  const navigate = useNavigate()
  const [asking, setAsking] = useState<ComponentProps<typeof Ask>['act']>()
  const may = {
    slips: usePermission('accounts.new-password'),
    update: usePermission('accounts.update'),
    remove: usePermission('accounts.delete'),
    audit: usePermission('audit.view'),
    sessions: usePermission('sessions.view'),
  }
  const account = useQuery({
    queryKey: ['accounts', id],
    queryFn: ({ signal }) => call('GET /api/accounts/:id', { params: { id }, signal }),
    // A message that waits may leave at any moment; and people come and go.
    refetchInterval: ({ state }) => (state.data?.message?.state === 'waiting' ? 3000 : 15_000),
  })
  const choices = useQuery({
    queryKey: ['accounts', 'choices'],
    queryFn: ({ signal }) => call('GET /api/accounts/choices', { signal }),
  })

  if (account.error && !account.data) return <FailedScreen error={account.error} retry={() => void account.refetch()} />
  if (!account.data || !choices.data) return null
  const { data } = account
  const mayAct = data.mayChange && !data.self
  const acts = (['slips', 'messages', data.enabled ? 'disable' : 'enable'] as const).filter((act) =>
    act === 'messages' ? may.slips && data.email !== null : act === 'slips' ? may.slips : may.update,
  )
  const tabs = (['overview', 'history', 'sessions', 'details'] as const).filter(
    (each) => (each !== 'history' || may.audit) && (each !== 'sessions' || may.sessions),
  )
  const shown = tabs.find((each) => each === tab) ?? 'overview'
  return (
    <Stack>
      <Anchor component={Link} to={listAddress()} size="sm">
        ‹ {t('users.title')}
      </Anchor>
      <Group justify="space-between" align="start">
        <Head account={data} />
        {mayAct && (
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
      <MessageStanding account={data} mayRetry={may.slips && mayAct} />
      {!data.mayChange && (
        <Text role="note">
          {t('problems:beyond_your_permissions.title')}. {t('problems:beyond_your_permissions.next')}
        </Text>
      )}
      <nav className="tabs" aria-label={t('person:parts', { name: data.fullName })}>
        {tabs.map((each) => (
          <Link
            key={each}
            to="/users/$id"
            params={{ id }}
            search={{ tab: each === 'overview' ? undefined : each, day: undefined }}
            activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
            replace
            resetScroll={false}
            aria-current={each === shown ? 'page' : undefined}
          >
            {t(`person:tab.${each}`)}
          </Link>
        ))}
      </nav>
      {shown === 'overview' && <OverviewTab account={data} />}
      {shown === 'history' && <HistoryTab id={id} day={day} />}
      {shown === 'sessions' && <SessionsTab id={id} />}
      {shown === 'details' && (
        <DetailsTab
          account={data}
          choices={choices.data}
          onRemove={mayAct && may.remove ? () => setAsking('remove') : undefined}
        />
      )}
      {asking && (
        <Ask
          act={asking}
          accountIds={[id]}
          choices={choices.data}
          onClose={() => setAsking(undefined)}
          onDone={() => {
            if (asking === 'remove') void navigate({ to: '/users', search: lastList() })
          }}
        />
      )}
    </Stack>
  )
}

/** The list of users as it was left. */
function listAddress(): string {
  const said = Object.entries(lastList()).filter(([, value]) => value !== undefined)
  return `/users${said.length > 0 ? `?${new URLSearchParams(said.map(([name, value]) => [name, String(value)]))}` : ''}`
}

function Head({ account }: { account: Account }) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const profileName = useProfileName()
  const { fullName, username, profile, team, session, lastLoginAt } = account
  return (
    <div className="person-head">
      <span className="initials" aria-hidden="true" data-in={session !== null || undefined}>
        {initials(fullName)}
      </span>
      <div>
        <Heading area={t('users.title')}>{fullName}</Heading>
        <p className="quiet break">{[username, profileName(profile.name), team?.name].filter(Boolean).join(' · ')}</p>
        <p className="break">
          {session ? (
            <>
              <span className="dot" data-silent={session.silent || undefined} aria-hidden="true" />
              {t(session.silent ? 'person:silent_since' : 'person:in_since', {
                moment: formatMoment(session.startedAt, timeZone),
              })}{' '}
              <span className="quiet">{session.device || t('common:unknown_device')}</span>
            </>
          ) : lastLoginAt ? (
            t('users.last_login_at', { moment: formatMoment(lastLoginAt, timeZone) })
          ) : (
            t('users.never_logged_in')
          )}
        </p>
        <AccountState {...account} />
      </div>
    </div>
  )
}

/** The first letters of the first and the last word of a name. */
function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('')
}
