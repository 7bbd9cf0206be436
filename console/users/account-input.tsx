// One field of an account, by what it holds.
import { Select, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { type AccountField, type AccountFields, accountFields } from '../../contracts/account-fields.ts'
import { type Language, languages } from '../../contracts/languages.ts'
import type { Answer } from '../app/api.ts'
import { timeZones } from '../app/time-zones.ts'
import { useProfileName } from '../profiles/profile-name.ts'

export type AccountValues = AccountFields & { username: string }
export type Choices = Answer<'GET /api/accounts/choices'>
type Form = UseFormReturnType<AccountValues>

type AccountInputProps = {
  field: AccountField
  form: Form
  choices: Choices
  initial: AccountValues
  profileIsFixed?: boolean | undefined
  /** An address is worth a password: changing it takes the permission to give one. */
  emailIsFixed?: boolean | undefined
}

/** What is said of fields otherwise than by their own name. */
const labels: Partial<Record<AccountField, string>> = {
  fullName: 'users.column.fullName',
  email: 'users.column.email',
  profileId: 'users.profile',
  teamId: 'users.team',
  language: 'common:language',
  timeZone: 'users.time_zone',
  validFrom: 'users.valid_from',
  validUntil: 'users.valid_until',
}
const descriptions: Partial<Record<AccountField, string>> = {
  fullName: 'users.full_name_for',
  email: 'users.email_for',
  validFrom: 'users.valid_from_for',
  validUntil: 'users.valid_until_for',
}

/** The field with its label; nothing for the hours, which are more than one input. */
export function AccountInput({ field, form, choices, initial, profileIsFixed, emailIsFixed = false }: AccountInputProps) {
  const { t } = useTranslation()
  const profileName = useProfileName()
  const kind = accountFields[field]
  const label = t(labels[field] ?? `users.${field}`)
  const description = t(descriptions[field] ?? 'optional')
  const select = { label, name: field, ...form.getInputProps(field), value: (form.values[field] as string | null) || null }
  const defaultIs = (value: string) => t('users.default_is', { value })

  switch (kind) {
    case 'hours':
      return null
    case 'profile':
      return (
        <Select
          {...select}
          description={t('users.profile_for')}
          required
          allowDeselect={false}
          disabled={profileIsFixed}
          data={choices.profiles
            .filter(({ id, mayGive }) => mayGive || id === initial.profileId)
            .map(({ id, name }) => ({ value: id, label: profileName(name) }))}
        />
      )
    case 'team':
      return (
        <Select
          {...select}
          description={choices.mayLeaveWithoutTeam ? t('optional') : t('users.team_needed')}
          required={!choices.mayLeaveWithoutTeam}
          clearable={choices.mayLeaveWithoutTeam}
          searchable
          data={choices.teams.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )
    case 'language':
      return (
        <Select
          {...select}
          description={defaultIs(languages[choices.instance.language as Language].name)}
          clearable
          data={Object.entries(languages).map(([value, { name }]) => ({ value, label: name }))}
        />
      )
    case 'time_zone':
      return (
        <Select
          {...select}
          description={defaultIs(choices.instance.timeZone)}
          clearable
          searchable
          limit={100}
          data={timeZones(initial.timeZone)}
        />
      )
    default:
      return (
        <TextInput
          label={label}
          description={kind === 'email' && emailIsFixed ? t('users.email_fixed') : description}
          required={kind === 'name'}
          readOnly={kind === 'email' && emailIsFixed}
          type={inputTypes[kind]}
          autoComplete="off"
          {...textProps(form, field)}
        />
      )
  }
}

const inputTypes = { name: 'text', line: 'text', email: 'email', phone: 'tel', day: 'date' } as const

/** An input that is empty where nothing is said. */
export function textProps(form: Form, field: AccountField | 'username') {
  const isNeeded = field === 'username' || accountFields[field] === 'name'
  return {
    name: field,
    ...form.getInputProps(field),
    value: (form.values[field] as string | null) ?? '',
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      form.setFieldValue(field, event.currentTarget.value || (isNeeded ? '' : null)),
  }
}
