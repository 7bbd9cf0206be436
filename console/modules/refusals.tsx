import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'
import { type Module, type ModuleValues, valuesOf } from './modules-query.ts'

type Props = { module: Module; mayManage: boolean; save: (values: ModuleValues) => Promise<void> }

/** What a module asked for and was refused. An address to come back to that is not registered can be, with one press. */
export function Refusals({ module, mayManage, save }: Props) {
  const { t, i18n } = useTranslation('modules-console')
  const { timeZone } = useSession()
  const { id } = module
  const list = useQuery({
    queryKey: ['modules', id, 'refusals'],
    queryFn: ({ signal }) => call('GET /api/modules/:id/refusals', { params: { id }, signal }),
  })
  const taking = useMutation({
    mutationFn: (address: string) => {
      const values = valuesOf(module)
      return save({ ...values, redirectAddresses: [...values.redirectAddresses, address] })
    },
  })
  if (list.error) return <Failure error={list.error} retry={() => void list.refetch()} />
  if (!list.data) return null
  if (list.data.refusals.length === 0) return <Text c="dimmed">{t('refusals_none')}</Text>
  return (
    <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
      {taking.error && <Failure error={taking.error} />}
      {list.data.refusals.map(({ error, offered, times, lastAt, mayTakeOver }) => (
        <li key={`${error} ${offered}`}>
          <Text>{t(i18n.exists(`modules-console:refusal.${error}`) ? `refusal.${error}` : 'refusal.other', { error })}</Text>
          {offered !== null && <code className="break">{offered}</code>}
          <Group gap="sm">
            <Text size="sm" c="dimmed">
              {t('refusal_times', { count: times, moment: formatMoment(lastAt, timeZone) })}
            </Text>
            {mayManage && mayTakeOver && offered !== null && (
              <Button size="compact-md" variant="light" loading={taking.isPending} onClick={() => taking.mutate(offered)}>
                {t('take_over')}
              </Button>
            )}
          </Group>
        </li>
      ))}
    </Stack>
  )
}
