import { Anchor, Checkbox, Table, Text, VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../app/api.ts'
import { SortHeading } from '../app/list-parts.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'
import { useProfileName } from '../profiles/profile-name.ts'
import { AccountState } from './account-state.tsx'
import type { UsersSearch } from './users-search.ts'

type Account = Answer<'GET /api/accounts'>['accounts'][number]

type UsersTableProps = {
  accounts: readonly Account[]
  sort: string | undefined
  direction: 'asc' | 'desc' | undefined
  onSort: (to: Partial<UsersSearch>) => void
  selected: ReadonlySet<string>
  onSelect: (selected: ReadonlySet<string>) => void
}

const columns = ['fullName', 'email', 'profile', 'team', 'state', 'lastLoginAt'] as const
const sortable = new Set<string>(['fullName', 'email', 'lastLoginAt'])
/** The columns that a narrow screen shows inside the first one. */
const wideOnly = new Set<string>(['email', 'profile', 'team', 'lastLoginAt'])

export function UsersTable({ accounts, sort = 'fullName', direction = 'asc', onSort, selected, onSelect }: UsersTableProps) {
  const { t } = useTranslation()
  const profileName = useProfileName()
  const { timeZone } = useSession()
  const all = accounts.length > 0 && accounts.every(({ id }) => selected.has(id))
  const toggle = (ids: readonly string[], on: boolean) => {
    const next = new Set(selected)
    for (const id of ids) on ? next.add(id) : next.delete(id)
    onSelect(next)
  }
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table highlightOnHover verticalSpacing="xs" bg="var(--surface)">
        <Table.Caption>
          <VisuallyHidden>{t('users.title')}</VisuallyHidden>
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={40}>
              <Checkbox
                aria-label={t('select_all')}
                checked={all}
                indeterminate={!all && selected.size > 0}
                onChange={(event) =>
                  toggle(
                    accounts.map(({ id }) => id),
                    event.currentTarget.checked,
                  )
                }
              />
            </Table.Th>
            {columns.map((column) => {
              const className = wideOnly.has(column) ? 'wide-only' : ''
              return sortable.has(column) ? (
                <SortHeading key={column} className={className} {...{ column, sort, direction, onSort }}>
                  {t(`users.column.${column}`)}
                </SortHeading>
              ) : (
                <Table.Th key={column} className={className}>
                  {t(column === 'state' ? 'users.state_title' : `users.column.${column}`)}
                </Table.Th>
              )
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {accounts.map((account) => (
            <Table.Tr key={account.id} data-selected={selected.has(account.id) || undefined}>
              <Table.Td>
                <Checkbox
                  aria-label={t('select_one', { name: account.fullName })}
                  checked={selected.has(account.id)}
                  onChange={(event) => toggle([account.id], event.currentTarget.checked)}
                />
              </Table.Td>
              <Table.Td miw="min(11.5rem, 40vw)">
                <Anchor component={Link} to={`/users/${account.id}`} fw={600} className="break">
                  {account.fullName}
                </Anchor>
                <Text size="sm" c="dimmed" className="break">
                  {account.username}
                </Text>
                <Text size="sm" className="narrow-only">
                  {[profileName(account.profile.name), account.team?.name].filter(Boolean).join(' · ')}
                </Text>
              </Table.Td>
              <Table.Td className="wide-only break" miw="16rem">
                {account.email}
              </Table.Td>
              <Table.Td className="wide-only">{profileName(account.profile.name)}</Table.Td>
              <Table.Td className="wide-only">{account.team?.name}</Table.Td>
              <Table.Td>
                <AccountState {...account} />
              </Table.Td>
              <Table.Td className="wide-only">{account.lastLoginAt && formatMoment(account.lastLoginAt, timeZone)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
