// The views of the list: everybody, and the groups that have somebody in them, with how many. A view keeps the other filters.
import { useTranslation } from 'react-i18next'
import { accountGroups } from '../../contracts/account-groups.ts'
import { formatNumber } from '../app/texts.ts'
import { useGroups } from './groups.ts'
import type { UsersSearch } from './users-search.ts'

type ViewsProps = { group: string | undefined; change: (to: Partial<UsersSearch>) => void }

export function Views({ group, change }: ViewsProps) {
  const { t } = useTranslation()
  const counts = useGroups()
  const shown = accountGroups.filter((each) => each === group || counts?.get(each))
  return (
    <fieldset className="views">
      <legend className="spoken">{t('users.views')}</legend>
      <button type="button" aria-pressed={group === undefined} onClick={() => change({ group: undefined })}>
        {t('all')}
      </button>
      {shown.map((each) => (
        <button key={each} type="button" aria-pressed={group === each} onClick={() => change({ group: each })}>
          {t(`users.group.${each}`)} <span className="quiet">{formatNumber(counts?.get(each) ?? 0)}</span>
        </button>
      ))}
    </fieldset>
  )
}
