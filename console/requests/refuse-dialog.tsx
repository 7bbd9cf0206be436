import { Button, Group, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { call } from '../app/api.ts'
import { Dialog } from '../app/dialog.tsx'
import { Failure } from '../app/failure.tsx'
import { type RecoveryRequest, requestsKey } from './use-requests.ts'

/** Asks for the reason, refuses, and says so. */
export function RefuseDialog({ request, onClose }: { request: RecoveryRequest; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const name = request.account.fullName
  const refuse = useMutation({
    mutationFn: () => call('POST /api/recovery-requests/:id/refuse', { params: { id: request.id }, body: { reason } }),
    onSuccess: () => {
      announce(t('requests.refused', { name }))
      onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: requestsKey }),
  })
  return (
    <Dialog title={t('requests.refuse')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          refuse.mutate()
        }}
      >
        <Text mb="sm">{t('requests.refuse_ask', { name })}</Text>
        <TextInput
          label={t('requests.reason')}
          description={t('requests.reason_for')}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          required
          data-autofocus
        />
        {refuse.error && <Failure error={refuse.error} />}
        <Group mt="md" justify="end">
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={refuse.isPending} disabled={reason.trim() === ''}>
            {t('requests.refuse')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
