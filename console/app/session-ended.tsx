import { Button, Group, Text } from '@mantine/core'
import { useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Dialog } from './dialog.tsx'
import { useSessionEnd } from './session-end.ts'

/** Says that the session has ended and why. What is on the screen stays, for who logs in again in another tab. */
export function SessionEnded() {
  const { t } = useTranslation()
  const end = useSessionEnd()
  const { href } = useLocation()
  const next = `/login?next=${encodeURIComponent(`/console${href}`)}`
  if (end === undefined) return null
  return (
    <Dialog title={t('session_ended')}>
      <Text>{end.text || t('home:session_ended')}</Text>
      <Text mt="sm">{t('session_ended_next')}</Text>
      <Group mt="md">
        <Button component="a" href={next} target="_blank" rel="opener">
          {t('log_in_in_new_tab')}
        </Button>
        <Button component="a" href={next} variant="default">
          {t('log_in_here')}
        </Button>
        {end.notMe !== undefined && (
          <form method="post" action="/not-me">
            <input type="hidden" name="formToken" value={end.notMe} />
            <Button type="submit" variant="default">
              {t('common:not_me')}
            </Button>
          </form>
        )}
      </Group>
    </Dialog>
  )
}
