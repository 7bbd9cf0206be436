import { Button, Group, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../app/dialog.tsx'

type Props = { fullName: string; onClose: () => void; onEnd: (reason: string) => void }

/** Asks before somebody who works is thrown out, as Live does, with what they are to read. */
export function AskEndSession({ fullName, onClose, onEnd }: Props) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  return (
    <Dialog title={t('live:end')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onEnd(reason)
        }}
      >
        <Text mb="sm">{t('desk:ask_end_session', { name: fullName })}</Text>
        <TextInput
          label={t('users.reason')}
          description={t('live:reason_for')}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        <Group mt="md" justify="end">
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" color="red.9">
            {t('live:end')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
