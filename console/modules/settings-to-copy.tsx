// The settings of a module in its own words, each to be copied with one press.
import { Alert, Button, CopyButton, Group, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Recipe, recipes } from '../../contracts/module-recipes.ts'
import { moduleKinds } from '../../contracts/modules.ts'
import { Failure } from '../app/failure.tsx'
import type { Module } from './modules-query.ts'
import './modules.css'

type Props = { module: Module; issuer: string; secret: string | undefined }
const standard = 'standard'

export function SettingsToCopy({ module, issuer, secret }: Props) {
  const { t } = useTranslation('modules-console')
  const known = Object.entries(recipes).filter(([, { kind }]) => kind === module.kind)
  const [chosen, choose] = useState(() => known.find(([, recipe]) => looksLike(module, recipe))?.[0] ?? standard)
  const discovery = useDiscovery(issuer)
  const recipe = chosen === standard ? undefined : recipes[chosen]
  if (discovery.error) return <Failure error={discovery.error} />
  if (!discovery.data) return null
  const keepsSecret = moduleKinds[module.kind].keepsSecret
  const values: Record<string, string> = {
    ...discovery.data,
    clientId: module.clientId,
    address: (module.address ?? '').replace(/\/+$/, ''),
    ...(secret !== undefined && { secret }),
  }
  const lines: readonly (readonly [string, string])[] = recipe?.settings ?? [
    ['Issuer', '{issuer}'],
    ['Discovery', '{discovery}'],
    ['Client ID', '{clientId}'],
    ...(keepsSecret ? [['Client secret', '{secret}'] as const] : []),
    ...module.redirectAddresses.map((address) => ['Redirect URI', address] as const),
    ['Scope', module.kind === 'machine' ? '' : 'openid profile email groups'],
    ...(module.logoutAddress === null ? [] : [['Back-channel logout URI', module.logoutAddress] as const]),
  ]
  return (
    <Stack gap="sm">
      <Text>{t('settings_for')}</Text>
      {secret !== undefined && (
        <Alert color="yellow" role="status">
          {t('secret_once')}
        </Alert>
      )}
      {known.length > 0 && (
        <Select
          label={t('in_words_of')}
          data={[{ value: standard, label: t('standard') }, ...known.map(([key, { name }]) => ({ value: key, label: name }))]}
          value={chosen}
          onChange={(value) => choose(value ?? standard)}
          allowDeselect={false}
          maw={320}
        />
      )}
      {recipe?.notes.map((note) => (
        <Text key={note} size="sm">
          {t(`note.${note}`, { name: recipe.name })}
        </Text>
      ))}
      <dl className="settings-to-copy">
        {lines
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <Setting key={`${name} ${value}`} name={name} value={value} values={values} />
          ))}
      </dl>
    </Stack>
  )
}

function Setting({ name, value, values }: { name: string; value: string; values: Record<string, string> }) {
  const { t } = useTranslation('modules-console')
  const filled = value.replaceAll(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole)
  const isUnknown = filled.includes('{secret}')
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {isUnknown ? (
          <Text c="dimmed" inherit>
            {t('secret_elsewhere')}
          </Text>
        ) : (
          <Group gap="xs" wrap="nowrap" align="start">
            <code className="break">{filled}</code>
            <CopyButton value={filled}>
              {({ copied, copy }) => (
                <Button size="compact-sm" variant="default" onClick={copy} aria-label={t('copy_of', { name })} miw={84}>
                  {t(copied ? 'copied' : 'copy')}
                </Button>
              )}
            </CopyButton>
          </Group>
        )}
      </dd>
    </div>
  )
}

/** The addresses of the protocol, as every program finds them. */
function useDiscovery(issuer: string) {
  return useQuery({
    queryKey: ['discovery', issuer],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const discovery = '/.well-known/openid-configuration'
      const answer = await fetch(discovery, { signal })
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
      const said = (await answer.json()) as Record<string, string>
      return {
        issuer,
        discovery: `${issuer}${discovery}`,
        authorize: said.authorization_endpoint!,
        token: said.token_endpoint!,
        userinfo: said.userinfo_endpoint!,
        jwks: said.jwks_uri!,
        logout: said.end_session_endpoint!,
      }
    },
  })
}

/** Whether a module was registered by this recipe: people come back to where it has them come back. */
function looksLike({ kind, redirectAddresses }: Module, recipe: Recipe): boolean {
  return (
    kind === recipe.kind &&
    recipe.redirects.length > 0 &&
    recipe.redirects.every((path) => redirectAddresses.some((address) => address.endsWith(path)))
  )
}
