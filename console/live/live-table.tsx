// Who is logged in, as one long list of which only the rows that are seen are there, and asked for.
import { Checkbox, Table, Text, VisuallyHidden } from '@mantine/core'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type Dispatch, memo, type SetStateAction, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SortHeading } from '../app/list-parts.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment, formatTime } from '../app/texts.ts'
import { useProfileName } from '../profiles/profile-name.ts'
import { type LiveSessions, pageSize, useMoreSessions } from './live-queries.ts'
import type { LiveSearch } from './live-search.ts'

type LiveTableProps = {
  filter: LiveSearch
  /** The first page of them, and how many there are on all pages. */
  first: LiveSessions['sessions']
  total: number
  onSort: (to: Partial<LiveSearch>) => void
  selected: ReadonlySet<string>
  /** Undefined for who may not end sessions. */
  onSelect: Dispatch<SetStateAction<ReadonlySet<string>>> | undefined
}

const columns = [
  { key: 'fullName', text: 'users.column.fullName', sorts: true },
  { key: 'profile', text: 'users.column.profile', wide: true },
  { key: 'team', text: 'users.column.team', wide: true },
  { key: 'startedAt', text: 'live:since', sorts: true, wide: true },
  { key: 'device', text: 'live:device', wide: true },
  { key: 'lastSeenAt', text: 'live:last_seen', sorts: true },
] as const

export function LiveTable({ filter, first, total, onSort, selected, onSelect }: LiveTableProps) {
  const { sort = 'startedAt', direction = 'asc' } = filter
  const { t } = useTranslation()
  const { body, rows, above, below, measure } = useSeenRows(total)
  const pageOf = (row: number) => Math.floor(row / pageSize) + 1
  const pages = useMoreSessions(
    filter,
    [...new Set(rows.map(pageOf))].filter((page) => page > 1),
  )
  const sessionOf = (row: number) => (pageOf(row) === 1 ? first : pages.get(pageOf(row)))?.[row % pageSize]
  // Of more than are there at once, nobody knows whom one would select.
  const endable = (total > pageSize ? [] : first).filter(({ mayEnd }) => mayEnd).map(({ accountId }) => accountId)
  const all = endable.length > 0 && endable.every((id) => selected.has(id))
  const toggle = useCallback(
    (ids: readonly string[], on: boolean) =>
      onSelect?.((before) => {
        const next = new Set(before)
        for (const id of ids) on ? next.add(id) : next.delete(id)
        return next
      }),
    [onSelect],
  )
  const toggleOne = useCallback((id: string, on: boolean) => toggle([id], on), [toggle])
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table highlightOnHover verticalSpacing="xs" bg="var(--surface)" aria-rowcount={total + 1}>
        <Table.Caption>
          <VisuallyHidden>{t('live.title')}</VisuallyHidden>
        </Table.Caption>
        <Table.Thead>
          <Table.Tr aria-rowindex={1}>
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
        <Table.Tbody ref={body}>
          <Gap height={above} />
          {rows.map((row) => {
            const session = sessionOf(row)
            return (
              <LiveRow
                key={row}
                row={row}
                session={session}
                isSelected={session !== undefined && selected.has(session.accountId)}
                onToggle={onSelect && toggleOne}
                measure={measure}
              />
            )
          })}
          <Gap height={below} />
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

type LiveRowProps = {
  row: number
  /** Undefined as long as it has not come. */
  session: LiveSessions['sessions'][number] | undefined
  isSelected: boolean
  onToggle: ((accountId: string, on: boolean) => void) | undefined
  measure: (row: HTMLTableRowElement | null) => void
}

/** Drawn again only when it changes: while one scrolls, most rows stay. */
const LiveRow = memo(function LiveRow({ row, session, isSelected, onToggle, measure }: LiveRowProps) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const profileName = useProfileName()
  const place = { ref: measure, 'data-index': row, 'aria-rowindex': row + 2 }
  if (session === undefined)
    return (
      <Table.Tr {...place}>
        <Table.Td colSpan={columns.length + 1}>
          <Text size="sm">&nbsp;</Text>
          <Text size="sm">&nbsp;</Text>
        </Table.Td>
      </Table.Tr>
    )
  const { accountId, fullName, username, profile, team, startedAt, lastSeenAt, device, address, mayEnd } = session
  const where = `${device || t('common:unknown_device')} · ${address}`
  return (
    <Table.Tr {...place} data-selected={isSelected || undefined}>
      {onToggle && (
        <Table.Td>
          <Checkbox
            aria-label={t('select_one', { name: fullName })}
            checked={isSelected}
            disabled={!mayEnd}
            onChange={(event) => onToggle(accountId, event.currentTarget.checked)}
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
})

/** In the place of the rows that are not there. */
function Gap({ height }: { height: number }) {
  return height > 0 ? (
    <tr aria-hidden>
      <td style={{ height, padding: 0 }} />
    </tr>
  ) : null
}

/** Which of so many rows are seen, or nearly, and the height in pixels of those above and below. */
function useSeenRows(count: number) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const find = () => setTop(Math.round((body.current?.getBoundingClientRect().top ?? 0) + scrollY))
    // What is above may grow and shrink.
    const watcher = new ResizeObserver(find)
    watcher.observe(document.body)
    find()
    return () => watcher.disconnect()
  }, [])
  const list = useWindowVirtualizer<HTMLTableRowElement>({ count, estimateSize: () => 62, overscan: 12, scrollMargin: top })
  const items = list.getVirtualItems()
  return {
    body,
    rows: items.map(({ index }) => index),
    above: (items[0]?.start ?? top) - top,
    below: list.getTotalSize() - ((items.at(-1)?.end ?? top) - top),
    measure: list.measureElement,
  }
}
