// The fields of an account, the same for a new one and for one that is changed.
import { Button, Fieldset, Group, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type AccountField, type AccountFields, accountFieldNames } from '../../contracts/account-fields.ts'
import { defaultProfile } from '../../contracts/permissions.ts'
import type { Answer } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { useSaving } from '../app/use-saving.ts'
import { AccountInput, type AccountValues, type Choices, textProps } from './account-input.tsx'
import { LoginHoursField } from './login-hours-field.tsx'

type AccountFormProps = {
  choices: Choices
  initial: AccountValues
  /** A username never changes. */
  usernameIsFixed: boolean
  readOnly?: boolean
  /** The own profile cannot be changed. */
  profileIsFixed?: boolean
  /** An address is worth a password: changing it takes the permission to give one. */
  emailIsFixed?: boolean
  /** Where the form stands apart from the fields of the account. */
  children?: ReactNode
  submit: string
  /** Throws what the server refuses; the form shows it and keeps what was typed. */
  onSubmit: (values: AccountValues) => Promise<void>
}

export function AccountForm({
  choices,
  initial,
  usernameIsFixed,
  readOnly,
  profileIsFixed,
  emailIsFixed = false,
  children,
  submit,
  onSubmit,
}: AccountFormProps) {
  const { t } = useTranslation()
  const form = useForm<AccountValues>({ mode: 'controlled', initialValues: initial })
  const { busy, failure, send } = useSaving(form, onSubmit)
  return (
    <form onSubmit={form.onSubmit((values) => void send(values))} noValidate>
      <Fieldset disabled={readOnly || busy} variant="unstyled">
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label={t('users.column.username')}
              description={t(usernameIsFixed ? 'users.username_fixed' : 'users.username_once')}
              required={!usernameIsFixed}
              readOnly={usernameIsFixed}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              data-autofocus={!usernameIsFixed}
              {...textProps(form, 'username')}
            />
            {accountFieldNames.map((field) => (
              <AccountInput key={field} {...{ field, form, choices, initial, profileIsFixed, emailIsFixed }} />
            ))}
          </SimpleGrid>
          <LoginHoursField
            value={form.values.loginHours}
            onChange={(hours) => form.setFieldValue('loginHours', hours)}
            error={form.errors.loginHours}
          />
          {children}
        </Stack>
      </Fieldset>
      {failure !== undefined && <Failure error={failure} />}
      {!readOnly && (
        <Group mt="md">
          <Button type="submit" loading={busy}>
            {submit}
          </Button>
        </Group>
      )}
    </form>
  )
}

/** The values of an account that is there. */
export function valuesOf(account: Answer<'GET /api/accounts/:id'>): AccountValues {
  const said = { ...account, profileId: account.profile.id, teamId: account.team?.id ?? null }
  const fields = Object.fromEntries(accountFieldNames.map((field) => [field, said[field]])) as AccountFields
  return { ...fields, username: account.username }
}

/** @param wanted the name of the built-in profile that is chosen already */
export function emptyAccount({ profiles }: Choices, wanted: string = defaultProfile): AccountValues {
  const profile = profiles.find(({ name, builtIn }) => builtIn && name === wanted)
  const nothing = Object.fromEntries(accountFieldNames.map((field) => [field, null])) as { [Field in AccountField]: null }
  return { ...nothing, username: '', fullName: '', profileId: profile?.id ?? '' }
}
