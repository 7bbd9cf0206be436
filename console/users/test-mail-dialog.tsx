import { Alert, Button, Group, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { Dialog } from '../app/dialog.tsx'
import { Failure, useFaultTexts } from '../app/failure.tsx'

/** Asks for an address, sends, and shows what the mail server answered. */
export default function TestMailDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('mail')
  const faultTexts = useFaultTexts()
  const [email, setEmail] = useState('')
  const sending = useMutation({ mutationFn: () => call('POST /api/mail/test', { body: { email: email.trim() } }) })
  const fault = faultTexts(sending.error).email
  const { outcome, said } = sending.data ?? {}
  return (
    <Dialog title={t('console:users.test_mail')} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          // The form that this may stand in must not hear of it.
          event.stopPropagation()
          sending.mutate()
        }}
      >
        <TextInput
          type="email"
          label={t('to')}
          description={t('what')}
          autoComplete="email"
          maxLength={254}
          value={email}
          error={fault}
          onChange={(event) => setEmail(event.currentTarget.value)}
          data-autofocus
        />
        {sending.error && !fault && <Failure error={sending.error} />}
        <div role="status">
          {outcome && (
            <Alert
              color={outcome === 'sent' ? 'green' : outcome === 'file' ? 'yellow' : 'red'}
              title={t(`outcome.${outcome}`)}
              my="md"
            >
              <Text>{t(`next.${outcome}`)}</Text>
              <Text size="sm" mt="xs">
                {t(outcome === 'file' ? 'file_said' : 'server_said')} <span className="words break">{said}</span>
              </Text>
            </Alert>
          )}
        </div>
        <Group mt="md" justify="end">
          <Button variant="default" onClick={onClose}>
            {t('console:close')}
          </Button>
          <Button type="submit" loading={sending.isPending} disabled={email.trim() === ''}>
            {t('send')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
