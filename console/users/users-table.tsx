// The list of accounts. Plain elements: fifty rows of components cost a slow machine a second.
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../app/api.ts'
import { SortHeading } from '../app/list-parts.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'
import { useProfileName } from '../profiles/profile-name.ts'
import { AccountState } from './account-state.tsx'
import { useColumns } from './columns.tsx'
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

const sortable = new Set<string>(['fullName', 'email', 'lastLoginAt'])
/** The columns that a narrow screen shows inside the first one. */
const wideOnly = new Set<string>(['email', 'profile', 'team', 'device', 'lastLoginAt'])

export function UsersTable({ accounts, sort = 'fullName', direction = 'asc', onSort, selected, onSelect }: UsersTableProps) {
  const { t } = useTranslation()
  const profileName = useProfileName()
  const columns = useColumns()
  const { timeZone } = useSession()
  const all = accounts.length > 0 && accounts.every(({ id }) => selected.has(id))
  const toggle = (ids: readonly string[], on: boolean) => {
    const next = new Set(selected)
    for (const id of ids) on ? next.add(id) : next.delete(id)
    onSelect(next)
  }
  return (
    <div className="table-room">
      <table className="list">
        <caption className="spoken">{t('users.title')}</caption>
        <thead>
          <tr>
            <th className="tick">
              <input
                type="checkbox"
                aria-label={t('select_all')}
                checked={all}
                ref={(box) => {
                  if (box) box.indeterminate = !all && selected.size > 0
                }}
                onChange={(event) =>
                  toggle(
                    accounts.map(({ id }) => id),
                    event.currentTarget.checked,
                  )
                }
              />
            </th>
            {columns.map((column) => {
              const className = wideOnly.has(column) ? 'wide-only' : ''
              return sortable.has(column) ? (
                <SortHeading key={column} className={className} {...{ column, sort, direction, onSort }}>
                  {t(`users.column.${column}`)}
                </SortHeading>
              ) : (
                <th key={column} className={className}>
                  {t(column === 'state' ? 'users.state_title' : `users.column.${column}`)}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => (
            <tr key={account.id} data-selected={selected.has(account.id) || undefined}>
              <td className="tick">
                <input
                  type="checkbox"
                  aria-label={t('select_one', { name: account.fullName })}
                  checked={selected.has(account.id)}
                  onChange={(event) => toggle([account.id], event.currentTarget.checked)}
                />
              </td>
              <td className="who">
                {account.session && (
                  <span
                    className="dot"
                    data-silent={account.session.silent || undefined}
                    title={t('users.in_since', { time: formatMoment(account.session.startedAt, timeZone) })}
                  >
                    <span className="spoken">
                      {t('users.in_since', { time: formatMoment(account.session.startedAt, timeZone) })}
                    </span>
                  </span>
                )}
                <Link to="/users/$id" params={{ id: account.id }} className="break">
                  {account.fullName}
                </Link>{' '}
                <span className="quiet break">{account.username}</span>
                <span className="narrow-only">
                  {[profileName(account.profile.name), account.team?.name].filter(Boolean).join(' · ')}
                </span>
              </td>
              {columns.includes('email') && <td className="wide-only break">{account.email}</td>}
              {columns.includes('profile') && <td className="wide-only">{profileName(account.profile.name)}</td>}
              {columns.includes('team') && <td className="wide-only">{account.team?.name}</td>}
              {columns.includes('device') && <td className="wide-only">{account.session?.device}</td>}
              <td>
                <AccountState {...account} />
              </td>
              {columns.includes('lastLoginAt') && (
                <td className="wide-only">{account.lastLoginAt && formatMoment(account.lastLoginAt, timeZone)}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
