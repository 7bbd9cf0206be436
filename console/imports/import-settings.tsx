import { Button, Checkbox, Group, Paper, Radio, Select, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { importFields } from '../../contracts/account-fields.ts'
import { type Answer, type Body, call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { formatNumber } from '../app/texts.ts'

type Found = Answer<'GET /api/imports/:id'>
type Settings = Body<'PUT /api/imports/:id'>
/** What the columns hold and what is to be done with usernames that exist; then the dry run anew, and the run. */
export function ImportSettings({ found }: { found: Found }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [settings, setSettings] = useState<Settings>({
    mapping: found.columns.map(({ field }) => field),
    hasHeader: found.hasHeader,
    onExisting: found.onExisting,
  })
  const params = { id: found.id }
  const refresh = () => queries.invalidateQueries({ queryKey: ['imports'] })
  const checking = useMutation({
    mutationFn: (to: Settings) => call('PUT /api/imports/:id', { params, body: to }),
    onSuccess: refresh,
  })
  const running = useMutation({ mutationFn: () => call('POST /api/imports/:id/run', { params }), onSuccess: refresh })
  const change = (to: Partial<Settings>) => {
    const next = { ...settings, ...to }
    setSettings(next)
    // Two columns are needed before there is anything to check.
    if (next.mapping.includes('username') && next.mapping.includes('fullName')) checking.mutate(next)
  }
  const missing = (['username', 'fullName'] as const).filter((field) => !settings.mapping.includes(field))
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
                      data={importFields.map((field) => ({
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
        {missing.length > 0 && (
          <Text role="status">
            {t('imports:missing', { columns: missing.map((field) => t(`imports:field.${field}`)).join(', ') })}
          </Text>
        )}
        {checking.error && <Failure error={checking.error} />}
        {running.error && <Failure error={running.error} />}
        <Group>
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
