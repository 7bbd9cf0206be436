// What else is known of an event: what it was before and after, and why.
import { useTranslation } from 'react-i18next'
import { languages } from '../../contracts/languages.ts'
import { formatDay, formatNumber, isLanguage } from '../app/texts.ts'
import { useProfileName } from '../profiles/profile-name.ts'
import type { AuditEvent } from './kinds.ts'

type Line = { label: string; value: string }
type Change = { from?: unknown; to?: unknown; reason?: string }

/** What the sentence says already, and what only programs understand. */
const unsaid = new Set(
  'importId moduleId requestId messageId successor row area leads_to instead_of step onExisting changes from to'.split(' '),
)
/** Whose reason is one of a few that the sentence knows; all others are somebody's words. */
const reasonIsSaid = new Set(['session_ended', 'login_refused', 'login_pending', 'password_change_refused'])

export function Details({ event, names }: { event: AuditEvent; names: Record<string, string> }) {
  const lines = useLines(event, names)
  if (lines.length === 0) return null
  return (
    <dl className="facts">
      {lines.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="break">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function useLines({ event, detail }: AuditEvent, names: Record<string, string>): Line[] {
  const { t, i18n } = useTranslation()
  const shown = useShown(names)
  const label = (key: string) => {
    for (const text of [`audit:detail.${key}`, `rules:rule.${key}.name`]) if (i18n.exists(text)) return t(text)
    return key
  }
  const beforeAndAfter = (key: string, { from, to }: Change) => ({
    label: label(key),
    value: `${shown(key, from)} → ${shown(key, to)}`,
  })
  const lines: Line[] = []
  for (const [key, change] of Object.entries((detail.changes ?? {}) as Record<string, Change>)) {
    lines.push(beforeAndAfter(key, change))
    if (change.reason) lines.push({ label: `${label('reason')} (${label(key)})`, value: change.reason })
  }
  if ('from' in detail) lines.push(beforeAndAfter('seats', detail as Change))
  for (const [key, value] of Object.entries(detail)) {
    if (value === null || value === '' || unsaid.has(key) || (Array.isArray(value) && value.length === 0)) continue
    if (key === 'reason' && reasonIsSaid.has(event)) continue
    const isPlace = ['name', 'teamId', 'profileId'].includes(key) && !event.startsWith('account_')
    if (isPlace && typeof value === 'object') lines.push(beforeAndAfter(key, value))
    else if (!isPlace && !(key === 'fileName' && event !== 'import_finished'))
      lines.push({ label: label(key === 'removed' && !Array.isArray(value) ? 'removed_count' : key), value: shown(key, value) })
  }
  return lines
}

/** A value as people read it. */
function useShown(names: Record<string, string>): (key: string, value: unknown) => string {
  const { t, i18n } = useTranslation()
  const profileName = useProfileName()
  const shown = (key: string, value: unknown): string => {
    if (value === null || value === undefined || value === '') return t(key === 'seats' ? 'audit:no_limit' : 'audit:empty')
    if (typeof value === 'boolean') return t(value ? 'rules:on' : 'rules:off')
    if (typeof value === 'number') return formatNumber(value)
    if (Array.isArray(value)) return value.map((each) => shown(key, each)).join(key === 'events' ? ', ' : '; ')
    if (typeof value === 'object')
      return Object.entries(value)
        .map(
          ([name, each]) =>
            `${key === 'loginHours' ? t(`weekday.${name}`) : t(`audit:detail.${name}`, name)}: ${shown(name, each)}`,
        )
        .join('; ')
    const text = String(value)
    if (['profileId', 'teamId', 'profile', 'team', 'profiles', 'teams', 'landing'].includes(key))
      return profileName(names[text] ?? text)
    if ((key === 'language' || key === 'languages') && isLanguage(text)) return languages[text].name
    if (/^\d{4}-\d\d-\d\d$/.test(text)) return formatDay(text)
    // A kind of event, a permission, a format.
    for (const known of [`audit:kind.${text}`, `permissions:${text}`])
      if (['events', 'added', 'removed', 'permissions'].includes(key) && i18n.exists(known)) return t(known)
    return text
  }
  return shown
}
