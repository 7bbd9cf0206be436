// The floor at a glance. Each figure leads to exactly the people whom it counts. Keeps itself up to date.
import { Group, Skeleton, Stack, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, Navigate, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type AccountGroup, accountGroups, mendedBySlips } from '../../contracts/account-groups.ts'
import { type Answer, call } from '../app/api.ts'
import { Curve } from '../app/curve.tsx'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { screensFor } from '../app/screens.ts'
import { usePermission, useSession } from '../app/session.tsx'
import { formatNumber, formatTime } from '../app/texts.ts'
import { fewestLetters } from '../desk/desk-queries.ts'
import { useMyRequests } from '../requests/use-requests.ts'
import { useGroups } from '../users/groups.ts'
import { FirstDay } from './first-day.tsx'
import { MendGroup } from './mend-group.tsx'
import './start.css'

type Floor = Answer<'GET /api/floor'>

/** The floor for whoever may see it; anybody else is led to the first screen that they may see. */
export default function StartScreen() {
  const { t } = useTranslation()
  const { permissions } = useSession()
  const [first] = screensFor(permissions)
  if (first?.to === '/') return <FloorScreen />
  return first ? <Navigate to={first.to} replace /> : <p>{t('nothing_to_see')}</p>
}

function FloorScreen() {
  const { t } = useTranslation()
  const maySlips = usePermission('accounts.new-password')
  const floor = useQuery({
    queryKey: ['live', 'floor'],
    queryFn: ({ signal }) => call('GET /api/floor', { signal }),
    refetchInterval: 15_000,
  })
  return (
    <Stack gap="md">
      <Group justify="space-between" align="end">
        <Heading>{t('start')}</Heading>
        {maySlips && <WhoNeedsHelp />}
      </Group>
      <FirstDay />
      {floor.error && <Failure error={floor.error} retry={() => void floor.refetch()} />}
      {floor.isPending && <Skeleton height={480} />}
      {floor.data && (
        <div className="floor">
          <Now teams={floor.data.teams} />
          <ToLookAt refusals={floor.data.refusals} />
          <ShiftStart shiftStart={floor.data.shiftStart} />
          <Teams teams={floor.data.teams} />
        </div>
      )}
    </Stack>
  )
}

/** Two letters lead to the desk, which goes on with what is typed: whoever helps people does not have to go there first. */
function WhoNeedsHelp() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const changesAccounts = usePermission('accounts.update')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (!changesAccounts) field.current?.focus()
  }, [changesAccounts])
  return (
    <TextInput
      ref={field}
      type="search"
      aria-label={t('start:help')}
      placeholder={t('start:help')}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={200}
      onChange={({ currentTarget: { value } }) => {
        const search = value.trim()
        if (search.length >= fewestLetters) void navigate({ to: '/desk', search: { search } })
      }}
    />
  )
}

function Section({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  return (
    <section className={`card ${name}`} aria-labelledby={`${name}-title`}>
      <Title order={2} size="h4" id={`${name}-title`}>
        {title}
      </Title>
      {children}
    </section>
  )
}

function Now({ teams }: Pick<Floor, 'teams'>) {
  const { t } = useTranslation()
  const sum = (of: 'inNow' | 'inYesterday' | 'inWeekAgo') => formatNumber(teams.reduce((all, team) => all + team[of], 0))
  return (
    <Section name="now" title={t('start:now')}>
      <p className="figure">
        <Link to="/users" search={{ group: 'in_now' }}>
          <strong>{sum('inNow')}</strong> {t('start:in')}
        </Link>
      </p>
      <p className="quiet">{t('start:yesterday', { number: sum('inYesterday') })}</p>
      <p className="quiet">{t('start:week_ago', { number: sum('inWeekAgo') })}</p>
    </Section>
  )
}

/** Whoever was kept out and has not got in since, or will be, and whoever waits; with the one press that mends all of them. */
function ToLookAt({ refusals }: Pick<Floor, 'refusals'>) {
  const { t } = useTranslation()
  const maySlips = usePermission('accounts.new-password')
  const waiting = useMyRequests().length
  const groups = useGroups()
  if (groups === undefined) return <Skeleton height={240} />
  const times = new Map<AccountGroup, number>(refusals.map((each) => [`refused_${each.cause}`, each.times]))
  // What people met today comes before what only stands in the list.
  const shown = accountGroups.filter((group) => group !== 'in_now' && groups.get(group))
  return (
    <Section name="look" title={t('start:people')}>
      {shown.length === 0 && waiting === 0 && <p>{t('start:nobody')}</p>}
      <ul>
        {waiting > 0 && (
          <li>
            <Link to="/requests">
              <strong>{formatNumber(waiting)}</strong> {t('requests.title')}
            </Link>
          </li>
        )}
        {shown.map((group) => (
          <li key={group}>
            <Link to="/users" search={{ group }}>
              <strong>{formatNumber(groups.get(group)!)}</strong> {t(`users.group.${group}`)}
            </Link>
            {times.has(group) && <span className="quiet">{t('start:times', { count: times.get(group)! })}</span>}
            {maySlips && mendedBySlips.includes(group) && <MendGroup group={group} />}
          </li>
        ))}
      </ul>
    </Section>
  )
}

function ShiftStart({ shiftStart }: Pick<Floor, 'shiftStart'>) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  if (shiftStart === null)
    return (
      <Section name="shift" title={t('start:shift')}>
        <p>{t('start:none_yet')}</p>
      </Section>
    )
  const { from, logins, weekAgo } = shiftStart
  const time = (minute: number) => formatTime(new Date(Date.parse(from) + minute * 60_000).toISOString(), timeZone)
  const label = t('start:per_minute', { from: time(0), to: time(weekAgo.length) })
  const words = (minute: number) => {
    const [now, then] = [logins[minute], weekAgo[minute]]
    if (now === undefined) return undefined
    return `${t('start:at', { time: time(minute), count: now })} · ${t('live:week_ago', { used: formatNumber(then ?? 0) })}`
  }
  return (
    <Section name="shift" title={t('start:shift')}>
      <p className="quiet">{label}</p>
      <Curve
        label={label}
        values={logins}
        before={weekAgo}
        count={weekAgo.length}
        minutes={1}
        from={from}
        hoursEvery={15}
        words={words}
        legend={{ today: t('live:today'), week: t('live:last_week') }}
      />
    </Section>
  )
}

function Teams({ teams }: Pick<Floor, 'teams'>) {
  const { t } = useTranslation()
  return (
    <Section name="teams" title={t('start:teams')}>
      <ul>
        {teams.map(({ id, name, people, inNow, inYesterday, inWeekAgo, supervisorsIn }) => (
          <li key={id} className="card">
            <h3 className="break">{name ?? t('start:no_team')}</h3>
            <p>
              <Link to="/users" search={{ team: id ?? 'none', group: 'in_now' }}>
                {t('start:in_of', { number: formatNumber(inNow), people: formatNumber(people) })}
                <span className="spoken"> {name ?? t('start:no_team')}</span>
              </Link>
            </p>
            <span className="share" aria-hidden="true">
              <span style={{ inlineSize: `${people === 0 ? 0 : Math.min(100, (inNow / people) * 100)}%` }} />
            </span>
            <p className="quiet">{t('start:then', { yesterday: formatNumber(inYesterday), week: formatNumber(inWeekAgo) })}</p>
            {id !== null && (
              <p className={supervisorsIn.length > 0 ? 'break' : 'quiet'}>
                {supervisorsIn.length > 0
                  ? t('start:supervisors_in', { names: supervisorsIn.map(({ fullName }) => fullName).join(', ') })
                  : t('start:no_supervisor')}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}
