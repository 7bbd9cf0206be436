// What every list has: a search, headings that sort, pages, and taking it away.
import { Pagination, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { download } from './api.ts'
import { DropMenu } from './drop-menu.tsx'
import { Failure } from './failure.tsx'

type SearchFieldProps = { placeholder: string; value: string | undefined; onChange: (to: string | undefined) => void }

/** Searches a moment after the last key. */
export function SearchField({ placeholder, value = '', onChange }: SearchFieldProps) {
  const { t } = useTranslation()
  const search = useDebouncedCallback((text: string) => onChange(text.trim() || undefined), 250)
  return (
    <TextInput
      type="search"
      label={t('search')}
      placeholder={placeholder}
      defaultValue={value}
      onChange={(event) => search(event.currentTarget.value)}
      maxLength={200}
      flex="1 1 14rem"
    />
  )
}

export type Direction = 'asc' | 'desc'
type SortHeadingProps<Column extends string> = {
  column: Column
  sort: string
  direction: Direction
  onSort: (to: { sort: Column; direction: Direction | undefined }) => void
  className?: string
  children: ReactNode
}

/** The heading of a column that sorts; once more, and it sorts the other way round. */
export function SortHeading<Column extends string>(props: SortHeadingProps<Column>) {
  const { column, sort, direction, onSort, className = '', children } = props
  const sorted = column === sort
  const down = direction === 'desc'
  return (
    <th className={className} aria-sort={sorted ? (down ? 'descending' : 'ascending') : undefined}>
      <button
        type="button"
        className="sort"
        onClick={() => onSort({ sort: column, direction: sorted && !down ? 'desc' : undefined })}
      >
        {children}
        <span aria-hidden="true">{sorted ? (down ? ' ▼' : ' ▲') : ''}</span>
      </button>
    </th>
  )
}

/** Leads from page to page, when there is more than one. */
export function Pages({
  total,
  size,
  page,
  onChange,
}: {
  total: number
  size: number
  page: number
  onChange: (to: number) => void
}) {
  const { t } = useTranslation()
  if (total <= size) return null
  return (
    <Pagination
      total={Math.ceil(total / size)}
      value={page}
      onChange={onChange}
      getItemProps={(to) => ({ 'aria-label': t('page_number', { page: to }) })}
      getControlProps={(control) => ({ 'aria-label': t(`page_${control}`) })}
      mx="auto"
    />
  )
}

type ExportProps = {
  route: 'POST /api/accounts/export' | 'POST /api/audit/export'
  filter: Record<string, string | undefined>
}

/** Takes the list as it is filtered into a spreadsheet. */
export function ExportMenu({ route, filter }: ExportProps) {
  const { t } = useTranslation()
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value))
  const saving = useMutation({ mutationFn: (format: 'csv' | 'xlsx') => download(route, { ...given, format }) })
  return (
    <div>
      <DropMenu summary={t('users.export')}>
        {(['csv', 'xlsx'] as const).map((format) => (
          <li key={format}>
            <button type="button" disabled={saving.isPending} onClick={() => saving.mutate(format)}>
              {t('users.export_as', { format: format.toUpperCase() })}
            </button>
          </li>
        ))}
      </DropMenu>
      {saving.error && <Failure error={saving.error} />}
    </div>
  )
}
