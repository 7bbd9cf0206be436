import { Button, Group, Paper, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { call } from '../app/api.ts'
import { Dialog } from '../app/dialog.tsx'
import { Failure } from '../app/failure.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'

/** The button by which everybody has to choose a new password; asks once more before it does. */
export function ExpirePasswords({ last }: { last: string | null }) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const expiring = useMutation({
    mutationFn: () => call('POST /api/rules/expire-passwords', { body: {} }),
    onSuccess: async () => {
      setAsking(false)
      announce(t('rules:expire.done'))
      await queries.invalidateQueries({ queryKey: ['rules'] })
    },
  })
  return (
    <Paper component="section" withBorder p="md" mt="lg" aria-labelledby="expire-title">
      <Title order={2} size="h4" id="expire-title">
        {t('rules:expire.title')}
      </Title>
      <Text my="xs">{t('rules:expire.why')}</Text>
      {last !== null && (
        <Text size="sm" mb="xs">
          {t('rules:expire.last', { moment: formatMoment(last, timeZone) })}
        </Text>
      )}
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('rules:expire.button')}
      </Button>
      {asking && (
        <Dialog onClose={() => setAsking(false)} title={t('rules:expire.title')}>
          <Text>{t('rules:expire.sure')}</Text>
          {expiring.error && <Failure error={expiring.error} />}
          <Group mt="md" justify="end">
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              {t('common:cancel')}
            </Button>
            <Button loading={expiring.isPending} onClick={() => expiring.mutate()}>
              {t('rules:expire.button')}
            </Button>
          </Group>
        </Dialog>
      )}
    </Paper>
  )
}
