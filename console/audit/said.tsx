// What happened, as a sentence: who did what to whom. A name leads to everything else about that person.
import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditEvent } from './kinds.ts'

/** Where the two names stand in a sentence, until they are put in: no text holds these. */
const places = { who: '\ue000', whom: '\ue001' }

/** Those events whose sentence depends on why. */
const endedBySomebody = ['ended_by_supervisor', 'ended_by_operator']

export function Said({ event, names }: { event: AuditEvent; names: Record<string, string> }): ReactNode {
  const { t, i18n } = useTranslation()
  const { detail, actor, subject, actorKind } = event
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const reason = text(detail.reason)
  const ended = event.event === 'session_ended' && !endedBySomebody.includes(reason) ? `audit:ended.${reason}` : ''
  const said = t(ended && i18n.exists(ended) ? ended : `audit:said.${event.event}`, {
    ...places,
    name: text(detail.name) || names[text(detail.profileId)] || names[text(detail.teamId)] || '?',
    file: text(detail.fileName) || t('imports:nameless'),
    area: t(`audit:area.${text(detail.area)}`),
    why: i18n.exists(`audit:why.${reason}`) ? t(`audit:why.${reason}`) : reason,
  })
  const who = actor ? (
    <Name person={actor} />
  ) : (
    t({ operator: 'audit:operator', system: 'Gatehouse' }[actorKind as string] ?? 'audit:somebody')
  )
  const whom = subject ? <Name person={subject} /> : t('audit:unknown_person')
  return said
    .split(/([\ue000\ue001])/)
    .map((part, i) => <span key={i}>{part === places.who ? who : part === places.whom ? whom : part}</span>)
}

function Name({ person: { id, fullName, removed } }: { person: NonNullable<AuditEvent['actor']> }) {
  const { t } = useTranslation()
  const name = fullName === '' ? t('audit:removed_account') : removed ? t('audit:removed', { name: fullName }) : fullName
  return (
    <Anchor component={Link} to={`/audit?person=${id}`} title={t('audit:all_of', { name })} fw={600}>
      {name}
    </Anchor>
  )
}
