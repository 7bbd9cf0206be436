// One slip as a sheet over the screen on which it was made: to show, to copy, to print, and to see the person come in.
import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { call } from '../app/api.ts'
import { Dialog } from '../app/dialog.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'
import type { Slip } from './kept-slips.ts'
import { usualPaper } from './paper.ts'
import { QrCode, SlipSheet, type SlipTexts, useSlipWords } from './slip-sheet.tsx'

type HandOverProps = { slip: Slip; onClose: () => void }

export default function HandOver({ slip, onClose }: HandOverProps) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const words = useSlipWords([slip])
  const [shows, setShows] = useState(false)
  const [handedOver, setHandedOver] = useState(false)
  const standing = useLogin(slip)
  // It is gone for ever with the screen: who leaves before it is handed over should mean it.
  const open = !handedOver && !standing
  useBlocker({ shouldBlockFn: () => open && !confirm(t('slips.leave')), enableBeforeUnload: open })
  if (words === undefined) return null
  const texts = words.textsOf(slip)
  if (shows)
    return <Shown slip={slip} url={words.instance.url} texts={texts} loggedIn={standing} onClose={() => setShows(false)} />
  return (
    <Dialog title={t('slips.for', { name: slip.fullName })} {...(handedOver && { onClose })}>
      <Stack gap="sm">
        <Text role="status" fw={600}>
          {standing
            ? `${t('slips.logged_in', { name: slip.fullName })} ✓`
            : t(handedOver ? 'slips.waits' : 'slips.once_sheet', { moment: formatMoment(slip.expiresAt ?? '', timeZone) })}
        </Text>
        <div className="slips" data-paper={usualPaper()}>
          <section className="sheet">
            <SlipSheet slip={slip} instance={words.instance} texts={texts} />
          </section>
        </div>
        <Group gap="xs">
          <Button onClick={() => setShows(true)}>{t('slips.show')}</Button>
          <Button
            variant="default"
            onClick={() => void navigator.clipboard.writeText(slip.initialPassword ?? '').then(() => announce(t('slips.copied')))}
          >
            {t('slips.copy')}
          </Button>
          <Button variant="default" onClick={() => print()}>
            {t('slips.print', { count: 1 })}
          </Button>
          {handedOver || standing ? (
            <Button variant="default" onClick={onClose}>
              {t('close')}
            </Button>
          ) : (
            <Button variant="default" onClick={() => setHandedOver(true)}>
              {t('slips.handed_over')}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  )
}

type ShownProps = { slip: Slip; url: string; texts: SlipTexts; loggedIn: boolean; onClose: () => void }

/** The whole screen, turned to the person, in their language: nothing on it but what they need. */
function Shown({ slip, url, texts: { t, language }, loggedIn, onClose }: ShownProps) {
  const { t: own } = useTranslation()
  return (
    <div className="shown" role="dialog" aria-modal="true" aria-label={slip.fullName} lang={language}>
      <QrCode text={url} label={t('slips.qr')} />
      <p className="address">{url}</p>
      <dl>
        <dt>{t('common:username')}</dt>
        <dd>{slip.username}</dd>
        <dt>{t('slips.initial_password')}</dt>
        <dd className="groups">
          {slip.initialPassword?.split('-').map((group, i) => (
            <span key={i}>{group}</span>
          ))}
        </dd>
      </dl>
      {loggedIn && <p role="status">{t('slips.logged_in', { name: slip.fullName })} ✓</p>}
      <Button size="md" variant="default" onClick={onClose} data-autofocus autoFocus>
        {own('slips.turn_back')}
      </Button>
    </div>
  )
}

/** In milliseconds. */
const every = 3000

/** Whether the person has logged in since the slip was made. */
function useLogin(slip: Slip): boolean {
  const [since] = useState(Date.now)
  const account = useQuery({
    queryKey: ['accounts', slip.accountId, 'login'],
    queryFn: ({ signal }) => call('GET /api/accounts/:id', { params: { id: slip.accountId }, signal }),
    refetchInterval: ({ state }) => (hasLoggedIn(state.data?.lastLoginAt, since) ? false : every),
  })
  return hasLoggedIn(account.data?.lastLoginAt, since)
}

/** Clocks may differ a little; a login of the minute before the slip was made would have been ended by it. */
function hasLoggedIn(at: string | null | undefined, since: number): boolean {
  return at !== null && at !== undefined && Date.parse(at) > since - 60_000
}
