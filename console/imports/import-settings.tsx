import { Button, Checkbox, Group, Paper, Radio, Select, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { columnFields } from '../../contracts/sheet-columns.ts'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { usePermission } from '../app/session.tsx'
import { formatNumber } from '../app/texts.ts'
import type { Found } from './send-file.ts'
import { type Settings, settingsOf, useCheck } from './use-check.ts'

/** What the columns hold and what is to be done with usernames that exist; then the dry run anew, and the run. */
export function ImportSettings({ found }: { found: Found }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [settings, setSettings] = useState<Settings>(() => settingsOf(found))
  const params = { id: found.id }
  const refresh = () => queries.invalidateQueries({ queryKey: ['imports'] })
  const checking = useCheck(found)
  const running = useMutation({ mutationFn: () => call('POST /api/imports/:id/run', { params }), onSuccess: refresh })
  const change = (to: Partial<Settings>) => {
    const next = { ...settings, ...to }
    setSettings(next)
    // Two columns are needed before there is anything to check.
    if (missingOf(next).length === 0) checking.mutate(next)
  }
  const missing = missingOf(settings)
  const leftOut = found.columns.flatMap(({ name }, i) => (settings.mapping[i] === null && name !== '' ? [name] : []))
  const ready = found.verdicts.create + found.verdicts.change
  return (
    <Paper withBorder p="md">
      <Stack>
        <Table.ScrollContainer minWidth={0}>
          <Table verticalSpacing="xs" className="stacks">
            <Table.Caption>
              <VisuallyHidden>{t('imports:mapping')}</VisuallyHidden>
            </Table.Caption>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('imports:column')}</Table.Th>
                <Table.Th>{t('imports:holds')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.columns.map(({ name, samples }, i) => (
                <Table.Tr key={i}>
                  <Table.Td>
                    <Text fw={600} className="break">
                      {name || t('imports:column_number', { number: i + 1 })}
                    </Text>
                    <Text size="sm" c="dimmed" className="break">
                      {samples.filter(Boolean).join(' · ')}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Select
                      aria-label={t('imports:holds_of', { column: name || t('imports:column_number', { number: i + 1 }) })}
                      placeholder={t('imports:left_out')}
                      clearable
                      value={settings.mapping[i] ?? null}
                      data={columnFields.map((field) => ({
                        value: field,
                        label: t(`imports:field.${field}`),
                        disabled: settings.mapping.includes(field) && settings.mapping[i] !== field,
                      }))}
                      onChange={(field) =>
                        change({ mapping: settings.mapping.map((other, at) => (at === i ? (field as typeof other) : other)) })
                      }
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <Checkbox
          label={t('imports:has_header')}
          checked={settings.hasHeader}
          onChange={(event) => change({ hasHeader: event.currentTarget.checked })}
        />
        <Radio.Group
          label={t('imports:on_existing')}
          value={settings.onExisting}
          onChange={(value) => change({ onExisting: value as Settings['onExisting'] })}
        >
          <Stack gap="xs" mt="xs">
            {(['skip', 'update', 'refuse'] as const).map((value) => (
              <Radio key={value} value={value} label={t(`imports:existing.${value}`)} />
            ))}
          </Stack>
        </Radio.Group>
        {settings.mapping.includes('firstName') && settings.mapping.includes('lastName') && (
          <Radio.Group
            label={t('imports:name_order')}
            value={settings.nameOrder ?? 'first_last'}
            onChange={(value) => change({ nameOrder: value as NonNullable<Settings['nameOrder']> })}
          >
            <Stack gap="xs" mt="xs">
              {(['first_last', 'last_first'] as const).map((value) => (
                <Radio key={value} value={value} label={t(`imports:order.${value}`)} />
              ))}
            </Stack>
          </Radio.Group>
        )}
        {leftOut.length > 0 && <Text className="break">{t('imports:left_out_named', { columns: leftOut.join(', ') })}</Text>}
        {missing.length > 0 && (
          <Text role="status">
            {t('imports:missing', { columns: missing.map((field) => t(`imports:field.${field}`)).join(', ') })}
          </Text>
        )}
        {checking.error && <Failure error={checking.error} />}
        {running.error && <Failure error={running.error} />}
        {found.state === 'checked' && <Credentials found={found} />}
        <Group>
          {found.state === 'mapping' && missing.length === 0 && (
            <Button variant="default" loading={checking.isPending} onClick={() => checking.mutate(settings)}>
              {t('imports:check_columns')}
            </Button>
          )}
          <Button
            disabled={found.state !== 'checked' || ready === 0 || missing.length > 0}
            loading={running.isPending || checking.isPending}
            onClick={() => running.mutate()}
          >
            {t('imports:run', { count: ready, number: formatNumber(ready) })}
          </Button>
          {found.verdicts.refused > 0 && found.state === 'checked' && <Text>{t('imports:refused_stay_out')}</Text>}
        </Group>
      </Stack>
    </Paper>
  )
}

/** The fields that every account needs and no column holds. */
function missingOf({ mapping }: Settings): ('username' | 'fullName')[] {
  const hasName = (['fullName', 'firstName', 'lastName'] as const).some((field) => mapping.includes(field))
  return [...(mapping.includes('username') ? [] : (['username'] as const)), ...(hasName ? [] : (['fullName'] as const))]
}

/** How the new people would get their initial passwords, before anything leaves. */
function Credentials({ found: { credentials } }: { found: Found }) {
  const { t } = useTranslation()
  const maySee = usePermission('accounts.view')
  const { data } = useQuery({
    queryKey: ['mail'],
    queryFn: ({ signal }) => call('GET /api/mail', { signal }),
    enabled: maySee && credentials.messages > 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (credentials.messages + credentials.slips === 0) return null
  const parts = (['messages', 'slips'] as const).filter((kind) => credentials[kind] > 0)
  return (
    <Text>
      {parts
        .map((kind) => t(`imports:will_${kind}`, { count: credentials[kind], number: formatNumber(credentials[kind]) }))
        .join(' ')}{' '}
      {credentials.messages > 0 && data?.mail === 'files' && <strong>{t('imports:no_mail')}</strong>}
    </Text>
  )
}
