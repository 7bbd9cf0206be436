import { Button, Fieldset, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { Failure } from '../app/failure.tsx'
import { useSaving } from '../app/use-saving.ts'
import { type Supervisor, SupervisorsField } from './supervisors-field.tsx'

export type TeamValues = { name: string; supervisors: string[] }

type TeamFormProps = {
  name: string
  /** Those who can be taken off, and those who stay. */
  supervisors: readonly Supervisor[]
  fixed: readonly Supervisor[]
  submit: string
  /** Throws what the server refuses; the form shows it and keeps what was typed. */
  onSubmit: (values: TeamValues) => Promise<void>
}

export function TeamForm({ name, supervisors, fixed, submit, onSubmit }: TeamFormProps) {
  const { t } = useTranslation()
  const form = useForm<TeamValues>({
    mode: 'controlled',
    initialValues: { name, supervisors: supervisors.map(({ id }) => id) },
  })
  const { busy, failure, send } = useSaving(form, ({ name, supervisors: chosen }) =>
    onSubmit({ name, supervisors: [...chosen, ...fixed.map(({ id }) => id)] }),
  )
  return (
    <form onSubmit={form.onSubmit((values) => void send(values))} noValidate>
      <Fieldset disabled={busy} variant="unstyled">
        <Stack gap="md">
          <TextInput
            name="name"
            label={t('teams.name')}
            required
            maxLength={120}
            autoComplete="off"
            maw={480}
            {...form.getInputProps('name')}
          />
          <SupervisorsField
            value={form.values.supervisors}
            onChange={(accountIds) => form.setFieldValue('supervisors', accountIds)}
            known={supervisors}
            fixed={fixed}
            error={form.errors.supervisors}
          />
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
