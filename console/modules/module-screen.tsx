import { Group, Stack, Text, Title } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { moduleKinds } from '../../contracts/modules.ts'
import { announce } from '../app/announce.ts'
import { ApiProblem, call } from '../app/api.ts'
import { FailedScreen } from '../app/failure.tsx'
import { RemoveButton } from '../app/remove-button.tsx'
import { forgetSecret, keptSecret } from './kept-secret.ts'
import { LogoutsTold } from './logouts-told.tsx'
import { ModuleForm } from './module-form.tsx'
import { type ModuleValues, useModules, useModulesChanged, valuesOf } from './modules-query.ts'
import { LastUsed, OffMark } from './modules-screen.tsx'
import { Refusals } from './refusals.tsx'
import { ModuleSecrets } from './secrets.tsx'
import { SettingsToCopy } from './settings-to-copy.tsx'
import { TryIt } from './try-it.tsx'

const route = getRouteApi('/modules/$id')

export default function ModuleScreen() {
  const { t } = useTranslation('modules-console')
  const { id } = route.useParams()
  const navigate = useNavigate()
  const changed = useModulesChanged()
  const list = useModules()
  const [secret, setSecret] = useState(keptSecret(id))
  useEffect(() => forgetSecret, [])
  if (list.error) return <FailedScreen error={list.error} retry={() => void list.refetch()} />
  if (!list.data) return null
  const { mayManage, choices, issuer } = list.data
  const module = list.data.modules.find((each) => each.id === id)
  if (module === undefined) return <FailedScreen error={new ApiProblem(404, { code: 'module_not_found' })} />

  const save = async (values: ModuleValues) => {
    await call('PUT /api/modules/:id', { params: { id }, body: { ...values, version: module.version } })
    announce(t('console:saved'))
    await changed()
  }
  const remove = async () => {
    await call('DELETE /api/modules/:id', { params: { id } })
    announce(t('removed', { name: module.name }))
    await navigate({ to: '/modules', ignoreBlocker: true })
    await changed()
  }
  const hasPeople = module.kind !== 'machine'
  return (
    <Stack gap="xl">
      <Group justify="space-between" align="start">
        <div>
          <Group gap="xs">
            <Title order={1} size="h2" className="break">
              {module.name}
            </Title>
            <OffMark {...module} />
          </Group>
          <Text size="sm" c="dimmed" mt={4}>
            {t(`kinds.${module.kind}.name`)} · <LastUsed {...module} />
          </Text>
        </div>
        {mayManage && <RemoveButton ask={t('ask_remove', { name: module.name })} remove={remove} />}
      </Group>
      <Part title={t('settings')}>
        <SettingsToCopy module={module} issuer={issuer} secret={secret} />
      </Part>
      {moduleKinds[module.kind].keepsSecret && (
        <Part title={t('secrets')}>
          <ModuleSecrets module={module} mayManage={mayManage} onMade={setSecret} />
        </Part>
      )}
      <Part title={t('registration')}>
        <ModuleForm
          key={module.version}
          kind={module.kind}
          initial={valuesOf(module)}
          choices={choices}
          readOnly={!mayManage}
          whole
          submit={t('common:save')}
          onSubmit={save}
        />
      </Part>
      {hasPeople && mayManage && (
        <Part title={t('try')}>
          <TryIt moduleId={id} />
        </Part>
      )}
      {hasPeople && (
        <Part title={t('logouts')}>
          <LogoutsTold module={module} />
        </Part>
      )}
      <Part title={t('refusals')}>
        <Refusals module={module} mayManage={mayManage} save={save} />
      </Part>
    </Stack>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h4" mb="sm" id={id}>
        {title}
      </Title>
      {children}
    </section>
  )
}
