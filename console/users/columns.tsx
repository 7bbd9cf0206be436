// Which columns the list of users shows beside the name and the state; this browser remembers it.
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { DropMenu } from '../app/drop-menu.tsx'

const choosable = ['email', 'profile', 'team', 'device', 'lastLoginAt'] as const
export type Column = 'fullName' | (typeof choosable)[number] | 'state'

const kept = 'gatehouse-user-columns'
const usual = 'email,profile,team,lastLoginAt'
const listeners = new Set<() => void>()
const read = () => localStorage.getItem(kept) ?? usual

function useChosen(): ReadonlySet<string> {
  const text = useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, read)
  return new Set(text.split(','))
}

/** The columns that are shown, in their order. */
export function useColumns(): Column[] {
  const chosen = useChosen()
  const [beforeState, last] = [choosable.slice(0, -1), choosable.slice(-1)]
  const shown = (columns: readonly (typeof choosable)[number][]) => columns.filter((column) => chosen.has(column))
  return ['fullName', ...shown(beforeState), 'state', ...shown(last)]
}

export function ColumnsMenu() {
  const { t } = useTranslation()
  const chosen = useChosen()
  const toggle = (column: string) => {
    const next = choosable.filter((each) => (each === column ? !chosen.has(each) : chosen.has(each)))
    localStorage.setItem(kept, next.join(','))
    for (const listener of listeners) listener()
  }
  return (
    <DropMenu summary={t('users.columns')}>
      {choosable.map((column) => (
        <li key={column}>
          <label className="choice">
            <input type="checkbox" checked={chosen.has(column)} onChange={() => toggle(column)} />
            {t(`users.column.${column}`)}
          </label>
        </li>
      ))}
    </DropMenu>
  )
}
