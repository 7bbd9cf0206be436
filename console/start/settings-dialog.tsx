// The language and the time zone of those who have none of their own.
import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { languages } from '../../contracts/languages.ts'
import { announce } from '../app/announce.ts'
import { call } from '../app/api.ts'
import { Dialog } from '../app/dialog.tsx'
import { Failure, useFaultTexts } from '../app/failure.tsx'
import { timeZones } from '../app/time-zones.ts'

export default function SettingsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const faultTexts = useFaultTexts()
  const choices = useQuery({
    queryKey: ['accounts', 'choices'],
    queryFn: ({ signal }) => call('GET /api/accounts/choices', { signal }),
  })
  const [changed, setChanged] = useState<{ language?: string; timeZone?: string }>({})
  const saving = useMutation({
    mutationFn: (body: { language: string; timeZone: string }) => call('PUT /api/instance', { body }),
    onSuccess: () => {
      void queries.invalidateQueries()
      announce(t('saved'))
      onClose()
    },
  })
  const now = choices.data?.instance
  if (now === undefined) return null
  // Most sit where their people do: what this browser's clock says is the first guess where nothing was chosen.
  const guess = now.timeZone === 'UTC' ? Intl.DateTimeFormat().resolvedOptions().timeZone : now.timeZone
  const values = { language: now.language, timeZone: guess, ...changed }
  const faults = faultTexts(saving.error)
  return (
    <Dialog title={t('start:step.settings.title')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          saving.mutate(values)
        }}
      >
        <Stack>
          <Text>{t('start:settings_for')}</Text>
          <Select
            label={t('common:language')}
            data={Object.entries(languages).map(([value, { name }]) => ({ value, label: name }))}
            value={values.language}
            onChange={(language) => language && setChanged({ ...changed, language })}
            allowDeselect={false}
            error={faults.language}
          />
          <Select
            label={t('users.time_zone')}
            data={timeZones(values.timeZone)}
            value={values.timeZone}
            onChange={(timeZone) => timeZone && setChanged({ ...changed, timeZone })}
            allowDeselect={false}
            searchable
            limit={100}
            error={faults.timeZone}
          />
          {saving.error && Object.keys(faults).length === 0 && <Failure error={saving.error} />}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button type="submit" loading={saving.isPending}>
              {t('common:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
