import { VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../app/api.ts'
import { Icon } from '../desk/icon.tsx'
import { useProfileName } from '../profiles/profile-name.ts'
import './modules.css'

type Checks = Answer<'GET /api/accounts/:id/modules'>['modules'][number]['checks']

/** What a sign-in at a module hangs on, each with a tick or a cross. */
export function AccessChecks({ checks }: { checks: Checks }) {
  const { t } = useTranslation('modules-console')
  const profileName = useProfileName()
  return (
    <ul className="access-checks">
      {checks.map(({ check, passes, by }) => (
        <li key={check} data-passes={passes}>
          <span className="sign">
            <Icon name={passes ? 'tick' : 'cross'} size={18} />
            <VisuallyHidden>{t(passes ? 'passes' : 'stops')}</VisuallyHidden>
          </span>
          <span>
            {by.length > 0
              ? t('check.given_by', { by: by.map(profileName).join(', ') })
              : t(`${passes ? 'check' : 'check_no'}.${check}`)}
          </span>
        </li>
      ))}
    </ul>
  )
}
