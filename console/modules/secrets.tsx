import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { call } from '../app/api.ts'
import { Dialog } from '../app/dialog.tsx'
import { Failure } from '../app/failure.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'
import { type Module, useModulesChanged } from './modules-query.ts'

type Props = { module: Module; mayManage: boolean; onMade: (secret: string) => void }

/** The secrets that are valid, by how they begin; making another one, and taking one back. */
export function ModuleSecrets({ module: { id, secrets }, mayManage, onMade }: Props) {
  const { t } = useTranslation('modules-console')
  const { timeZone } = useSession()
  const changed = useModulesChanged()
  const [asked, ask] = useState<Module['secrets'][number]>()
  const giving = useMutation({
    mutationFn: () => call('POST /api/modules/:id/secrets', { params: { id } }),
    onSuccess: async ({ secret }) => {
      onMade(secret)
      await changed()
    },
  })
  const taking = useMutation({
    mutationFn: (secretId: string) => call('DELETE /api/modules/:id/secrets/:secretId', { params: { id, secretId } }),
    onSuccess: async () => {
      ask(undefined)
      announce(t('taken_back'))
      await changed()
    },
  })
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed" maw={720}>
        {t('secrets_for')}
      </Text>
      {secrets.length === 0 && <Text>{t('secrets_none')}</Text>}
      {secrets.map((secret) => (
        <Group key={secret.id} gap="sm">
          <Text>{t('secret_begins', { hint: secret.hint, moment: formatMoment(secret.createdAt, timeZone) })}</Text>
          {mayManage && (
            <Button
              size="compact-md"
              variant="default"
              aria-label={t('take_back_of', { hint: secret.hint })}
              onClick={() => {
                taking.reset()
                ask(secret)
              }}
            >
              {t('take_back')}
            </Button>
          )}
        </Group>
      ))}
      {giving.error && <Failure error={giving.error} />}
      {mayManage && secrets.length < 2 && (
        <Group>
          <Button variant="default" loading={giving.isPending} onClick={() => giving.mutate()}>
            {t('give_secret')}
          </Button>
        </Group>
      )}
      {asked && (
        <Dialog title={t('take_back')} onClose={() => ask(undefined)}>
          <Text>{t('ask_take_back', { hint: asked.hint })}</Text>
          {taking.error && <Failure error={taking.error} />}
          <Group mt="md" justify="end">
            <Button variant="default" onClick={() => ask(undefined)} data-autofocus>
              {t('common:cancel')}
            </Button>
            <Button color="red.9" loading={taking.isPending} onClick={() => taking.mutate(asked.id)}>
              {t('take_back')}
            </Button>
          </Group>
        </Dialog>
      )}
    </Stack>
  )
}
