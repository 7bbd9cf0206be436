import { Alert } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { usePermission } from '../app/session.tsx'
import { TestMail } from './test-mail.tsx'

/** Where mail goes, for those who make credentials. */
export function useMail() {
  const isConcerned = usePermission('accounts.create')
  return useQuery({
    queryKey: ['mail'],
    queryFn: ({ signal }) => call('GET /api/mail', { signal }),
    enabled: isConcerned,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Says, to those who make credentials, that no mail leaves from here. */
export function MailNotice() {
  const { t } = useTranslation()
  if (useMail().data?.mail !== 'files') return null
  return (
    <Alert color="yellow" title={t('users.no_mail')}>
      <div>{t('users.no_mail_next')}</div>
      <TestMail />
    </Alert>
  )
}
