// The name of a profile and its permissions, by area. What one does not have oneself can be neither given nor taken away.

import { Button, Checkbox, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Permission } from '../../contracts/permissions.ts'
import type { Answer, Body } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { useSaving } from '../app/use-saving.ts'

export type Catalogue = Answer<'GET /api/permissions'>['permissions']
export type ProfileValues = Body<'POST /api/profiles'>

type ProfileFormProps = {
  catalogue: Catalogue
  initial: ProfileValues
  submit: string
  /** Throws what the server refuses; the form shows it and keeps what was typed. */
  onSubmit: (values: ProfileValues) => Promise<void>
}

export function ProfileForm({ catalogue, initial, submit, onSubmit }: ProfileFormProps) {
  const { t } = useTranslation()
  const form = useForm<ProfileValues>({ mode: 'controlled', initialValues: initial })
  const { busy, failure, send } = useSaving(form, onSubmit)
  const { permissions } = form.values
  const areas = Map.groupBy(catalogue, ({ area }) => area)
  // In the order of the catalogue, so that a choice that was taken back leaves nothing to save.
  const change = (keys: readonly string[], on: boolean) =>
    form.setFieldValue(
      'permissions',
      catalogue.map(({ key }) => key as Permission).filter((key) => (keys.includes(key) ? on : permissions.includes(key))),
    )
  return (
    <form onSubmit={form.onSubmit((values) => void send(values))} noValidate>
      <Fieldset disabled={busy} variant="unstyled">
        <Stack gap="md">
          <TextInput
            name="name"
            label={t('profiles.name')}
            description={t('profiles.name_for')}
            required
            maxLength={120}
            autoComplete="off"
            maw={480}
            {...form.getInputProps('name')}
          />
          <Text role="status" c="dimmed">
            {t('profiles.permission_count', { count: permissions.length })}
          </Text>
          <div className="areas">
            {[...areas].map(([area, each]) => (
              <Area key={area} area={area} catalogue={each} given={permissions} change={change} />
            ))}
          </div>
        </Stack>
      </Fieldset>
      {failure !== undefined && <Failure error={failure} />}
      <Group mt="md">
        <Button type="submit" loading={busy}>
          {submit}
        </Button>
      </Group>
    </form>
  )
}

type AreaProps = {
  area: string
  catalogue: Catalogue
  given: readonly string[]
  change: (keys: readonly string[], on: boolean) => void
}

function Area({ area, catalogue, given, change }: AreaProps) {
  const { t } = useTranslation()
  const why = useId()
  const may = catalogue.filter(({ mayGive }) => mayGive).map(({ key }) => key)
  const chosen = may.filter((key) => given.includes(key)).length
  const name = t(`permissions:areas.${area}`)
  return (
    <Fieldset legend={<Text fw={600}>{name}</Text>}>
      <Stack gap="sm">
        {may.length > 1 && (
          <Checkbox
            label={t('profiles.all_of_these')}
            styles={{ label: { fontWeight: 600 } }}
            aria-label={t('profiles.all_of', { area: name })}
            checked={chosen === may.length}
            indeterminate={chosen > 0 && chosen < may.length}
            onChange={(event) => change(may, event.currentTarget.checked)}
          />
        )}
        {catalogue.map(({ key, mayGive }) => (
          <Checkbox
            key={key}
            label={t(`permissions:${key}`)}
            checked={given.includes(key)}
            disabled={!mayGive}
            aria-describedby={mayGive ? undefined : why}
            onChange={(event) => change([key], event.currentTarget.checked)}
          />
        ))}
        {may.length < catalogue.length && (
          <Text size="sm" c="dimmed" id={why}>
            {t('profiles.lacking')}
          </Text>
        )}
      </Stack>
    </Fieldset>
  )
}
