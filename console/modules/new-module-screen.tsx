import { Alert, Radio, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Recipe, recipes } from '../../contracts/module-recipes.ts'
import { type ModuleKind, moduleKinds } from '../../contracts/modules.ts'
import { announce } from '../app/announce.ts'
import { ApiProblem, call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { keepSecret } from './kept-secret.ts'
import { ModuleForm } from './module-form.tsx'
import { type ModuleValues, noValues, useModules, useModulesChanged } from './modules-query.ts'

/** Asks what the module is, and then only what nobody but the person knows. */
export default function NewModuleScreen() {
  const { t } = useTranslation('modules-console')
  const navigate = useNavigate()
  const changed = useModulesChanged()
  const list = useModules()
  const [chosen, choose] = useState<string>('web')
  const recipe = recipes[chosen]
  const kind = recipe === undefined ? (chosen as ModuleKind) : recipe.kind
  const create = async (values: ModuleValues) => {
    const body = { kind: kind as ModuleKind, ...(recipe === undefined ? values : withRecipe(values, recipe)) }
    const { id, secret } = await call('POST /api/modules', { body }).catch((error) => {
      throw recipe === undefined ? error : atAddress(error)
    })
    keepSecret(id, secret)
    announce(t('created', { name: values.name }))
    await changed()
    await navigate({ to: '/modules/$id', params: { id }, ignoreBlocker: true })
  }
  return (
    <Stack>
      <Title order={1} size="h2">
        {t('new')}
      </Title>
      <Radio.Group name="what" label={t('which')} value={chosen} onChange={choose}>
        <Text size="sm" c="dimmed" mt="xs" mb={4}>
          {t('which_known')}
        </Text>
        <SimpleGrid cols={{ base: 2, xs: 3, sm: 5 }} spacing="xs">
          {Object.entries(recipes).map(([key, { name }]) => (
            <Radio key={key} value={key} label={name} />
          ))}
        </SimpleGrid>
        <Text size="sm" c="dimmed" mt="md" mb={4}>
          {t('which_kind')}
        </Text>
        <Stack gap="xs">
          {Object.keys(moduleKinds).map((each) => (
            <Radio key={each} value={each} label={t(`kinds.${each}.name`)} description={t(`kinds.${each}.about`)} />
          ))}
        </Stack>
      </Radio.Group>
      {list.error && <Failure error={list.error} />}
      {recipe?.kind === 'proxy' ? (
        <Alert role="note" color="yellow">
          {t('recipe_proxy', { name: recipe.name })}
        </Alert>
      ) : (
        list.data && (
          <ModuleForm
            key={chosen}
            kind={kind as ModuleKind}
            recipe={recipe?.name}
            initial={{ ...noValues, name: recipe?.name ?? '' }}
            choices={list.data.choices}
            whole={false}
            submit={t('register')}
            onSubmit={create}
          />
        )
      )}
    </Stack>
  )
}

/** What follows from the module's own address, by what is known of such modules. */
function withRecipe(values: ModuleValues, recipe: Recipe): ModuleValues {
  const at = (path: string) => `${(values.address ?? '').replace(/\/+$/, '')}${path}`
  return {
    ...values,
    // Without one, nothing follows: the server says that it is needed.
    redirectAddresses: values.address === null ? [] : recipe.redirects.map(at),
    afterLogoutAddresses: values.address === null ? [] : (recipe.afterLogout ?? []).map(at),
    logoutAddress: recipe.logout === undefined || values.address === null ? null : at(recipe.logout),
    signing: recipe.signing ?? 'ES256',
    withoutPkce: recipe.withoutPkce ?? false,
  }
}

/** What is wrong with an address that followed from the module's own is shown where that one was typed. */
function atAddress(error: unknown): unknown {
  if (!(error instanceof ApiProblem)) return error
  const derived = ['redirectAddresses', 'afterLogoutAddresses', 'logoutAddress']
  const faults = error.faults.map(({ field, code }) => ({ field: derived.includes(field) ? 'address' : field, code }))
  return new ApiProblem(error.status, { code: error.code, title: error.message, values: error.values, faults })
}
