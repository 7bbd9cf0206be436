import { Anchor } from '@mantine/core'
import { useLocation, useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { showWaiting } from '../app/heading.tsx'
import { notifications } from '../app/notices.tsx'
import { useMyRequests } from './use-requests.ts'

const id = 'recovery-requests'

/** Says without a sound that somebody waits: a notice when somebody new does, and their number in the title of the tab. */
export default function RequestsNotice() {
  const { t } = useTranslation()
  const requests = useMyRequests()
  const router = useRouter()
  // These screens show them themselves, and a notice would lie over the button that leads there.
  const onScreen = ['/requests', '/desk'].includes(useLocation().pathname)
  const known = useRef<ReadonlySet<string>>(new Set())
  const count = requests.length

  useEffect(() => {
    showWaiting(count)
  }, [count])

  useEffect(() => {
    const isNew = requests.some((request) => !known.current.has(request.id))
    known.current = new Set(requests.map((request) => request.id))
    if (requests.length === 0 || onScreen) return void notifications.hide(id)
    const open = () => {
      notifications.hide(id)
      void router.navigate({ to: '/requests' })
    }
    const notice = {
      id,
      title:
        requests.length === 1
          ? t('requests.notice', { name: requests[0]!.account.fullName })
          : t('requests.waiting', { count: requests.length }),
      message: (
        <Anchor component="button" type="button" onClick={open}>
          {t('requests.notice_next')}
        </Anchor>
      ),
      autoClose: false,
      role: 'status',
      closeButtonProps: { 'aria-label': t('close') },
    } as const
    // One that was closed comes back only for somebody new.
    notifications.update(notice)
    if (isNew) notifications.show(notice)
  }, [requests, onScreen, router, t])
  return null
}
