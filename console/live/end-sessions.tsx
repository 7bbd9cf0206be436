// Ending sessions: those of a selection, or all, with what the people are to read.
import { Button, Group, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { call } from '../app/api.ts'
import { Dialog } from '../app/dialog.tsx'
import { Failure } from '../app/failure.tsx'
import { formatNumber } from '../app/texts.ts'

type Props = {
  /** Whose sessions; or all, of which there are so many. */
  whose: { accountIds: string[] } | { all: number }
  onClose: () => void
  onDone: () => void
}

export function EndSessions({ whose, onClose, onDone }: Props) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const all = 'all' in whose
  const ending = useMutation({
    mutationFn: () =>
      all
        ? call('POST /api/sessions/end-all', { body: { reason } })
        : call('POST /api/sessions/end', { body: { accountIds: whose.accountIds, reason } }),
    onSuccess: ({ done }) => {
      announce(t('live:done', { count: done }))
      onDone()
      onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['live'] }),
  })
  const title = t(all ? 'live:end_all' : 'live:end')
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          ending.mutate()
        }}
      >
        <Text mb="sm">
          {all
            ? t('live:ask_all', { number: formatNumber(Math.max(0, whose.all - 1)) })
            : t('live:ask', { count: whose.accountIds.length })}
        </Text>
        <TextInput
          label={t('users.reason')}
          description={t('live:reason_for')}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        {all && (
          <TextInput
            mt="sm"
            label={t('live:type_word', { word: t('live:word') })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
          />
        )}
        {ending.error && <Failure error={ending.error} />}
        <Group mt="md" justify="end">
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" color="red.9" loading={ending.isPending} disabled={all && typed.trim() !== t('live:word')}>
            {title}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
