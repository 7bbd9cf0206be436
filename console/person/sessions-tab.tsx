// Where and when the person was logged in, the latest first.
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'

export function SessionsTab({ id }: { id: string }) {
  const { t, i18n } = useTranslation()
  const { timeZone } = useSession()
  const list = useQuery({
    queryKey: ['live', 'sessions-of', id],
    queryFn: ({ signal }) => call('GET /api/accounts/:id/sessions', { params: { id }, signal }),
  })
  if (list.error) return <Failure error={list.error} retry={() => void list.refetch()} />
  if (!list.data) return null
  const { sessions } = list.data
  if (sessions.length === 0) return <Text py="lg">{t('users.never_logged_in')}</Text>
  return (
    <div className="table-room">
      <table className="list">
        <caption className="spoken">{t('person:tab.sessions')}</caption>
        <thead>
          <tr>
            <th>{t('person:from')}</th>
            <th>{t('person:until')}</th>
            <th className="wide-only">{t('live:device')}</th>
          </tr>
        </thead>
        <tbody>
          {sessions.map(({ startedAt, endedAt, endReason, device, address }) => {
            const where = [device || t('common:unknown_device'), address].join(' · ')
            const why = i18n.exists(`person:end.${endReason}`) ? t(`person:end.${endReason}`) : endReason
            return (
              <tr key={startedAt}>
                <td>
                  {formatMoment(startedAt, timeZone)}
                  <span className="narrow-only quiet break">{where}</span>
                </td>
                <td className="until">
                  {endedAt === null ? (
                    <>
                      <span className="dot" aria-hidden="true" />
                      {t('person:still_in')}
                    </>
                  ) : (
                    <>
                      {formatMoment(endedAt, timeZone)} <span className="quiet">{why}</span>
                    </>
                  )}
                </td>
                <td className="wide-only break">{where}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
