import { Radio, Stack } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { keepSlips } from '../slips/kept-slips.ts'
import { AccountForm, emptyAccount } from './account-form.tsx'
import type { AccountValues } from './account-input.tsx'
import { TestMail } from './test-mail.tsx'

type Credentials = 'slip' | 'message' | 'none'

const route = getRouteApi('/users/new')

export default function NewUserScreen() {
  const { t } = useTranslation()
  const { profile } = route.useSearch()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [credentials, setCredentials] = useState<Credentials>('slip')
  const choices = useQuery({
    queryKey: ['accounts', 'choices'],
    queryFn: ({ signal }) => call('GET /api/accounts/choices', { signal }),
  })

  const create = async (values: AccountValues) => {
    const { id, slip } = await call('POST /api/accounts', { body: { ...values, enabled: true, credentials } })
    void queries.invalidateQueries({ queryKey: ['accounts'] })
    announce(t('users.created', { name: values.fullName }))
    if (slip === null) return navigate({ to: '/users/$id', params: { id } })
    keepSlips([slip])
    await navigate({ to: '/slips' })
  }
  return (
    <Stack>
      <Heading area={t('users.title')}>{t('users.new')}</Heading>
      {choices.error && <Failure error={choices.error} />}
      {choices.data && (
        <AccountForm
          choices={choices.data}
          initial={emptyAccount(choices.data, profile)}
          usernameIsFixed={false}
          submit={t('users.create')}
          onSubmit={create}
        >
          <Radio.Group
            label={t('users.credentials')}
            value={credentials}
            onChange={(value) => setCredentials(value as Credentials)}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="message" label={t('users.credentials_message')} description={t('users.credentials_message_for')} />
              <Radio value="slip" label={t('users.credentials_slip')} />
              <Radio value="none" label={t('users.credentials_none')} />
            </Stack>
          </Radio.Group>
          {credentials === 'message' && (
            <div>
              <TestMail />
            </div>
          )}
        </AccountForm>
      )}
    </Stack>
  )
}
