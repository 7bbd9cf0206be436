import { Alert, Button, Group, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { type Answer, call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'
import { TestMail } from './test-mail.tsx'

type Account = Answer<'GET /api/accounts/:id'>

/** Whether the last message to somebody has left; and when it has not, why, and a button that tries again. */
export function MessageStanding({ account, mayRetry }: { account: Account; mayRetry: boolean }) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const queries = useQueryClient()
  const retry = useMutation({
    mutationFn: () => call('POST /api/accounts/messages', { body: { accountIds: [account.id] } }),
    onSuccess: () => {
      announce(t('users.done.messages', { count: 1 }))
      void queries.invalidateQueries({ queryKey: ['accounts'] })
    },
  })
  const { message } = account
  if (message === null || message.state === 'void') return null
  const text = t(`users.message.${message.state}`, { moment: formatMoment(message.at, timeZone), email: account.email })
  if (message.state === 'sent') return <Text size="sm">{text}</Text>
  return (
    <Alert color={message.state === 'failed' ? 'red' : 'blue'} title={text}>
      {message.lastError && <Text className="break">{t('users.message.server_said', { words: message.lastError })}</Text>}
      <Group gap="xs">
        {message.state === 'failed' && mayRetry && (
          <Button mt="sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
            {t('users.message.retry')}
          </Button>
        )}
        <TestMail />
      </Group>
      {retry.error && <Failure error={retry.error} />}
    </Alert>
  )
}
