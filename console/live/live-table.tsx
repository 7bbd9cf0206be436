import { Checkbox, Table, Text, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../app/api.ts'
import { SortHeading } from '../app/list-parts.tsx'
import type { LiveSearch } from '../app/router.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment, formatTime } from '../app/texts.ts'
import { useProfileName } from '../profiles/profile-name.ts'

type LiveTableProps = {
  sessions: Answer<'GET /api/sessions'>['sessions']
  sort: LiveSearch['sort']
  direction: LiveSearch['direction']
  onSort: (to: Partial<LiveSearch>) => void
  selected: ReadonlySet<string>
  /** Undefined for who may not end sessions. */
  onSelect: ((selected: ReadonlySet<string>) => void) | undefined
}

const columns = [
  { key: 'fullName', text: 'users.column.fullName', sorts: true },
  { key: 'profile', text: 'users.column.profile', wide: true },
  { key: 'team', text: 'users.column.team', wide: true },
  { key: 'startedAt', text: 'live.since', sorts: true, wide: true },
  { key: 'device', text: 'live.device', wide: true },
  { key: 'lastSeenAt', text: 'live.last_seen', sorts: true },
] as const

export function LiveTable({ sessions, sort = 'startedAt', direction = 'asc', onSort, selected, onSelect }: LiveTableProps) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const profileName = useProfileName()
  const endable = sessions.filter(({ mayEnd }) => mayEnd).map(({ accountId }) => accountId)
  const all = endable.length > 0 && endable.every((id) => selected.has(id))
  const toggle = (ids: readonly string[], on: boolean) => {
    const next = new Set(selected)
    for (const id of ids) on ? next.add(id) : next.delete(id)
    onSelect?.(next)
  }
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table highlightOnHover verticalSpacing="xs" bg="var(--surface)">
        <Table.Caption>
          <VisuallyHidden>{t('live.title')}</VisuallyHidden>
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {onSelect && (
              <Table.Th w={40}>
                <Checkbox
                  aria-label={t('select_all')}
                  checked={all}
                  disabled={endable.length === 0}
                  indeterminate={!all && endable.some((id) => selected.has(id))}
                  onChange={(event) => toggle(endable, event.currentTarget.checked)}
                />
              </Table.Th>
            )}
            {columns.map((column) => {
              const className = 'wide' in column ? 'wide-only' : ''
              return 'sorts' in column ? (
                <SortHeading key={column.key} column={column.key} className={className} {...{ sort, direction, onSort }}>
                  {t(column.text)}
                </SortHeading>
              ) : (
                <Table.Th key={column.key} className={className}>
                  {t(column.text)}
                </Table.Th>
              )
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.map((session) => {
            const { accountId, fullName, username, profile, team, startedAt, lastSeenAt, device, address, mayEnd } = session
            const where = `${device || t('common:unknown_device')} · ${address}`
            return (
              <Table.Tr key={accountId} bg={selected.has(accountId) ? 'var(--mantine-primary-color-light)' : undefined}>
                {onSelect && (
                  <Table.Td>
                    <Checkbox
                      aria-label={t('select_one', { name: fullName })}
                      checked={selected.has(accountId)}
                      disabled={!mayEnd}
                      onChange={(event) => toggle([accountId], event.currentTarget.checked)}
                    />
                  </Table.Td>
                )}
                <Table.Td>
                  <Text fw={600} size="sm" className="break">
                    {fullName}
                  </Text>
                  <Text size="sm" c="dimmed" className="break">
                    {username}
                  </Text>
                  <Text size="sm" className="narrow-only break">
                    {[profileName(profile.name), team?.name].filter(Boolean).join(' · ')}
                  </Text>
                  <Text size="sm" className="narrow-only break">
                    {formatMoment(startedAt, timeZone)} · {where}
                  </Text>
                </Table.Td>
                <Table.Td className="wide-only">{profileName(profile.name)}</Table.Td>
                <Table.Td className="wide-only">{team?.name}</Table.Td>
                <Table.Td className="wide-only">{formatMoment(startedAt, timeZone)}</Table.Td>
                <Table.Td className="wide-only break">{where}</Table.Td>
                <Table.Td>{formatTime(lastSeenAt, timeZone, true)}</Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
