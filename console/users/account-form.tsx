// The fields of an account, the same for a new one and for one that is changed.
import { Button, Fieldset, Group, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Language, languages } from '../../contracts/languages.ts'
import type { Answer, Body } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { useSaving } from '../app/use-saving.ts'
import { useProfileName } from '../profiles/profile-name.ts'
import { LoginHoursField } from './login-hours-field.tsx'

export type AccountValues = Omit<Body<'PUT /api/accounts/:id'>, 'version'> & { username: string }
export type Choices = Answer<'GET /api/accounts/choices'>

type AccountFormProps = {
  choices: Choices
  initial: AccountValues
  /** A username never changes. */
  usernameIsFixed: boolean
  readOnly?: boolean
  /** The own profile cannot be changed. */
  profileIsFixed?: boolean
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
  children,
  submit,
  onSubmit,
}: AccountFormProps) {
  const { t } = useTranslation()
  const profileName = useProfileName()
  const form = useForm<AccountValues>({ mode: 'controlled', initialValues: initial })
  const { busy, failure, send } = useSaving(form, onSubmit)
  const text = (field: 'username' | 'fullName' | 'email' | 'phone' | 'validFrom' | 'validUntil') => ({
    name: field,
    ...form.getInputProps(field),
    value: form.values[field] ?? '',
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      form.setFieldValue(field, event.currentTarget.value || (field === 'username' || field === 'fullName' ? '' : null)),
  })
  const select = (field: 'profileId' | 'teamId' | 'language' | 'timeZone') => ({
    name: field,
    ...form.getInputProps(field),
    value: form.values[field] || null,
  })
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
              {...text('username')}
            />
            <TextInput
              label={t('users.column.fullName')}
              description={t('users.full_name_for')}
              required
              autoComplete="off"
              {...text('fullName')}
            />
            <TextInput
              label={t('users.column.email')}
              description={t('users.email_for')}
              type="email"
              autoComplete="off"
              {...text('email')}
            />
            <TextInput label={t('users.phone')} description={t('optional')} type="tel" autoComplete="off" {...text('phone')} />
            <Select
              label={t('users.profile')}
              description={t('users.profile_for')}
              required
              allowDeselect={false}
              disabled={profileIsFixed}
              data={choices.profiles
                .filter(({ id, mayGive }) => mayGive || id === initial.profileId)
                .map(({ id, name }) => ({ value: id, label: profileName(name) }))}
              {...select('profileId')}
            />
            <Select
              label={t('users.team')}
              description={choices.mayLeaveWithoutTeam ? t('optional') : t('users.team_needed')}
              required={!choices.mayLeaveWithoutTeam}
              clearable={choices.mayLeaveWithoutTeam}
              searchable
              data={choices.teams.map(({ id, name }) => ({ value: id, label: name }))}
              {...select('teamId')}
            />
            <Select
              label={t('common:language')}
              description={t('users.default_is', { value: languages[choices.instance.language as Language].name })}
              clearable
              data={Object.entries(languages).map(([value, { name }]) => ({ value, label: name }))}
              {...select('language')}
            />
            <Select
              label={t('users.time_zone')}
              description={t('users.default_is', { value: choices.instance.timeZone })}
              clearable
              searchable
              limit={100}
              data={timeZones(initial.timeZone)}
              {...select('timeZone')}
            />
            <TextInput label={t('users.valid_from')} description={t('users.valid_from_for')} type="date" {...text('validFrom')} />
            <TextInput
              label={t('users.valid_until')}
              description={t('users.valid_until_for')}
              type="date"
              {...text('validUntil')}
            />
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

/** Every time zone that browsers know, and the one that is set already. */
function timeZones(set: string | null): string[] {
  const all = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])
  if (set) all.add(set)
  return [...all]
}

export function emptyAccount(choices: Choices): AccountValues {
  const agent = choices.profiles.find(({ name, builtIn }) => builtIn && name === 'Agent')
  return {
    username: '',
    fullName: '',
    email: null,
    phone: null,
    profileId: agent?.id ?? '',
    teamId: null,
    language: null,
    timeZone: null,
    validFrom: null,
    validUntil: null,
    loginHours: null,
  }
}
