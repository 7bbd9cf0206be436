// What is said of the person; and at the end, apart, what cannot be undone.
import { Button, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { call } from '../app/api.ts'
import { usePermission } from '../app/session.tsx'
import { AccountForm, valuesOf } from '../users/account-form.tsx'
import type { Choices } from '../users/account-input.tsx'
import type { Account } from './account.ts'

type DetailsTabProps = { account: Account; choices: Choices; onRemove: (() => void) | undefined }

export function DetailsTab({ account, choices, onRemove }: DetailsTabProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const mayUpdate = usePermission('accounts.update')
  const maySlips = usePermission('accounts.new-password')
  const { id, version, mayChange, self } = account
  return (
    <>
      <AccountForm
        key={version}
        choices={choices}
        initial={valuesOf(account)}
        usernameIsFixed
        readOnly={!mayUpdate || !mayChange}
        profileIsFixed={self}
        emailIsFixed={!maySlips}
        submit={t('common:save')}
        onSubmit={async (values) => {
          const { username: _, ...fields } = values
          await call('PUT /api/accounts/:id', { params: { id }, body: { ...fields, version } })
          announce(t('saved'))
          await queries.invalidateQueries({ queryKey: ['accounts'] })
        }}
      />
      {onRemove && (
        <section className="for-ever" aria-labelledby="for-ever-title">
          <Title order={2} size="h5" id="for-ever-title">
            {t('person:for_ever')}
          </Title>
          <p>{t('users.ask.remove', { count: 1 })}</p>
          <Button variant="outline" color="red.9" onClick={onRemove} className="remove">
            {t('users.act.remove')}
          </Button>
        </section>
      )}
    </>
  )
}
