import { Button, Group, Paper, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { shownTimeLeft } from '../../public/live-channel.js'
import { stayLoggedIn } from './live-channel.ts'
import { useSessionWarning } from './session-end.ts'

/** Warns of the end of the session, with the button to stay where that helps. Takes nothing of the screen away. */
export function SessionWarning() {
  const { t } = useTranslation()
  const warning = useSessionWarning()
  if (warning === undefined) return null
  return (
    <Paper component="section" className="session-warning" withBorder shadow="md" p="md" aria-label={t('home:warning.title')}>
      <Text role="alert">{t(`home:warning.${warning.kind}`)}</Text>
      <Group mt="xs" justify="space-between">
        <Text>
          {t('home:warning.left')} <TimeLeft until={warning.until} />
        </Text>
        {warning.kind === 'idle' && <Button onClick={stayLoggedIn}>{t('home:warning.stay')}</Button>}
      </Group>
    </Paper>
  )
}

function TimeLeft({ until }: { until: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return <strong>{shownTimeLeft(until - now)}</strong>
}
