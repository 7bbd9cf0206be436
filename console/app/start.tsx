import { Navigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { screensFor } from './screens.ts'
import { useSession } from './session.tsx'

/** Leads to the first screen that the person may see. */
export function Start() {
  const { t } = useTranslation()
  const { permissions } = useSession()
  const [first] = screensFor(permissions)
  return first ? <Navigate to={first.to} replace /> : <p>{t('nothing_to_see')}</p>
}
