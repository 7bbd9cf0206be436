// What is said of a module. Which fields there are follows from its kind; what few people need stands behind "More".
import { Button, Checkbox, Fieldset, Group, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type ModuleKind, signingAlgorithms } from '../../contracts/modules.ts'
import { Failure } from '../app/failure.tsx'
import { useSaving } from '../app/use-saving.ts'
import { useProfileName } from '../profiles/profile-name.ts'
import type { ModuleList, ModuleValues } from './modules-query.ts'
import './modules.css'

type ModuleFormProps = {
  kind: ModuleKind
  /** A recipe knows the addresses that follow from the module's own; what it is called. */
  recipe?: string | undefined
  initial: ModuleValues
  choices: ModuleList['choices']
  readOnly?: boolean
  /** Whether all is shown, also what one seldom changes. */
  whole: boolean
  submit: string
  /** Throws what the server refuses; the form shows it and keeps what was typed. */
  onSubmit: (values: ModuleValues) => Promise<void>
}

export function ModuleForm({ kind, recipe, initial, choices, readOnly = false, whole, submit, onSubmit }: ModuleFormProps) {
  const { t } = useTranslation('modules-console')
  const profileName = useProfileName()
  const form = useForm<ModuleValues>({
    mode: 'controlled',
    initialValues: initial,
    // All other addresses follow from it.
    ...(recipe !== undefined && { validate: { address: (address) => (address === null ? t('faults:required') : null) } }),
  })
  const { busy, failure, send } = useSaving(form, onSubmit)
  const comesBack = kind === 'web' || kind === 'page' || kind === 'program'
  const hasPeople = kind !== 'machine'
  const isOpened = kind === 'web' || kind === 'page'
  const text = (field: 'address' | 'logoutAddress') => ({
    name: field,
    autoComplete: 'off',
    spellCheck: false,
    maxLength: 4000,
    maw: 640,
    value: form.values[field] ?? '',
    onChange: (event: { currentTarget: HTMLInputElement }) => form.setFieldValue(field, event.currentTarget.value.trim() || null),
    error: form.errors[field],
  })
  const lines = (field: 'redirectAddresses' | 'afterLogoutAddresses') => (
    <Lines
      name={field}
      label={t(field === 'redirectAddresses' ? 'redirects' : 'after_logout')}
      description={t(field === 'redirectAddresses' ? 'redirects_for' : 'after_logout_for')}
      required={field === 'redirectAddresses'}
      initial={initial[field]}
      onChange={(addresses) => form.setFieldValue(field, addresses)}
      error={form.errors[field]}
    />
  )
  return (
    <form onSubmit={form.onSubmit((values) => void send(values))} noValidate>
      <Fieldset disabled={busy || readOnly} variant="unstyled">
        <Stack gap="md">
          <TextInput
            name="name"
            label={t('name')}
            required
            maxLength={120}
            autoComplete="off"
            maw={480}
            {...form.getInputProps('name')}
          />
          {isOpened && (
            <TextInput
              {...text('address')}
              type="url"
              label={t('address')}
              required={recipe !== undefined}
              description={
                recipe === undefined
                  ? t('address_for')
                  : t('address_of_recipe', { name: recipe, host: `${recipe.toLowerCase().replaceAll('.', '')}.example.com` })
              }
            />
          )}
          {comesBack && recipe === undefined && lines('redirectAddresses')}
          {isOpened && recipe === undefined && (
            <TextInput
              {...text('logoutAddress')}
              type="url"
              label={t('logout_address')}
              description={t('logout_address_for')}
              placeholder={t('console:optional')}
            />
          )}
          {hasPeople && (
            <Fieldset legend={t('who')} maw={680}>
              <Stack gap="sm">
                <Choice
                  name="profiles"
                  label={t('profiles')}
                  description={t('who_for')}
                  options={choices.profiles.map(({ id, name }) => ({ value: id, label: profileName(name) }))}
                  value={form.values.profiles}
                  onChange={(ids) => form.setFieldValue('profiles', ids)}
                  error={form.errors.profiles}
                />
                {choices.teams.length > 0 && (
                  <Choice
                    name="teams"
                    label={t('teams')}
                    options={choices.teams.map(({ id, name }) => ({ value: id, label: name }))}
                    value={form.values.teams}
                    onChange={(ids) => form.setFieldValue('teams', ids)}
                    error={form.errors.teams}
                  />
                )}
              </Stack>
            </Fieldset>
          )}
          {whole && (
            <>
              {isOpened && (form.values.profiles.length > 0 || form.values.landing.length > 0) && (
                <Choice
                  name="landing"
                  label={t('landing')}
                  description={t('landing_for')}
                  options={choices.profiles
                    .filter(({ id }) => form.values.profiles.includes(id) || form.values.landing.includes(id))
                    .map(({ id, name }) => ({ value: id, label: profileName(name) }))}
                  value={form.values.landing}
                  onChange={(ids) => form.setFieldValue('landing', ids)}
                  error={form.errors.landing}
                />
              )}
              <Switch
                name="enabled"
                label={t('enabled')}
                description={t('enabled_for')}
                {...form.getInputProps('enabled', { type: 'checkbox' })}
              />
              {isOpened && <Switch name="onHome" label={t('on_home')} {...form.getInputProps('onHome', { type: 'checkbox' })} />}
              {comesBack && lines('afterLogoutAddresses')}
              {hasPeople && (
                <Select
                  name="signing"
                  label={t('signing')}
                  description={t('signing_for')}
                  data={[...signingAlgorithms]}
                  allowDeselect={false}
                  maw={240}
                  {...form.getInputProps('signing')}
                />
              )}
              {kind === 'web' && (
                <Switch
                  name="withoutPkce"
                  label={t('without_pkce')}
                  description={t('without_pkce_for')}
                  {...form.getInputProps('withoutPkce', { type: 'checkbox' })}
                />
              )}
            </>
          )}
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

type ChoiceProps = {
  name: string
  label: string
  description?: string
  options: { value: string; label: string }[]
  value: string[]
  onChange: (ids: string[]) => void
  error?: ReactNode
}

/** Some of many, each with a box to tick: who is in is seen at one look. */
function Choice({ options, name, onChange, ...rest }: ChoiceProps) {
  return (
    // In an order of their own, so that a choice that was taken back leaves nothing to save.
    <Checkbox.Group {...rest} onChange={(ids) => onChange(ids.toSorted())}>
      <div className="choices" data-path={name}>
        {options.map(({ value, label }) => (
          <Checkbox key={value} value={value} label={label} />
        ))}
      </div>
    </Checkbox.Group>
  )
}

type LinesProps = {
  name: string
  label: string
  description: string
  required: boolean
  initial: readonly string[]
  onChange: (lines: string[]) => void
  error: ReactNode
}

/** Some addresses, one a line. What is typed stays as it is. */
function Lines({ initial, onChange, ...rest }: LinesProps) {
  return (
    <Textarea
      {...rest}
      autosize
      minRows={2}
      maxRows={10}
      spellCheck={false}
      autoComplete="off"
      maw={640}
      defaultValue={initial.join('\n')}
      onChange={({ currentTarget: { value } }) =>
        onChange(
          value
            .split(/\s+/)
            .map((line) => line.trim())
            .filter(Boolean),
        )
      }
    />
  )
}
