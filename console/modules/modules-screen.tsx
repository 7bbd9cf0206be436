// The list of modules: what each is, who may use it, and whether it hears of the ends of sessions.
import { Anchor, Badge, Button, Group, Stack, Table, Text, TextInput, Title, VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../app/failure.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment, formatNumber } from '../app/texts.ts'
import { useProfileName } from '../profiles/profile-name.ts'
import { type Module, type ModuleList, useModules } from './modules-query.ts'

export default function ModulesScreen() {
  const { t } = useTranslation('modules-console')
  const [words, setWords] = useState('')
  const list = useModules()
  const all = list.data?.modules ?? []
  const wanted = words.trim().toLowerCase()
  const modules = all.filter(({ name, address }) => [name, address ?? ''].some((text) => text.toLowerCase().includes(wanted)))
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t('console:modules')}
        </Title>
        {list.data?.mayManage && (
          <Button component={Link} to="/modules/new">
            {t('new')}
          </Button>
        )}
      </Group>
      <Text c="dimmed">{t('about')}</Text>
      {all.length > 5 && (
        <TextInput
          type="search"
          label={t('console:search')}
          placeholder={t('search_in')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          maw={480}
        />
      )}
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data && (
        <Text role="status" c="dimmed">
          {t('count', { count: modules.length, number: formatNumber(modules.length) })}
        </Text>
      )}
      {list.data && modules.length === 0 && (
        <Text py="xl" ta="center">
          {t(wanted ? 'none_found' : 'none_yet')}
        </Text>
      )}
      {list.data && modules.length > 0 && <ModulesTable modules={modules} choices={list.data.choices} />}
    </Stack>
  )
}

function ModulesTable({ modules, choices }: { modules: readonly Module[]; choices: ModuleList['choices'] }) {
  const { t } = useTranslation('modules-console')
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table highlightOnHover verticalSpacing="xs" bg="var(--surface)">
        <Table.Caption>
          <VisuallyHidden>{t('console:modules')}</VisuallyHidden>
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('name')}</Table.Th>
            <Table.Th className="wide-only">{t('kind')}</Table.Th>
            <Table.Th className="wide-only">{t('who')}</Table.Th>
            <Table.Th>{t('ends')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {modules.map((module) => (
            <Table.Tr key={module.id}>
              <Table.Td>
                <Group gap="xs">
                  <Anchor component={Link} to={`/modules/${module.id}`} fw={600} className="break">
                    {module.name}
                  </Anchor>
                  <OffMark {...module} />
                </Group>
                <Text size="sm" c="dimmed" className="break">
                  <span className="narrow-only">{t(`kinds.${module.kind}.name`)} · </span>
                  <LastUsed {...module} />
                </Text>
              </Table.Td>
              <Table.Td className="wide-only">{t(`kinds.${module.kind}.name`)}</Table.Td>
              <Table.Td className="wide-only">
                <Who module={module} choices={choices} />
              </Table.Td>
              <Table.Td>
                <EndsTold {...module} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

export function OffMark({ enabled }: Pick<Module, 'enabled'>) {
  const { t } = useTranslation('modules-console')
  if (enabled) return null
  return (
    <Badge variant="light" color="gray" tt="none">
      {t('off')}
    </Badge>
  )
}

export function LastUsed({ lastUsedAt }: Pick<Module, 'lastUsedAt'>) {
  const { t } = useTranslation('modules-console')
  const { timeZone } = useSession()
  return lastUsedAt === null ? t('never_used') : t('last_used', { moment: formatMoment(lastUsedAt, timeZone) })
}

/** Who may use a module, by name. */
function Who({ module: { kind, profiles, teams }, choices }: { module: Module; choices: ModuleList['choices'] }) {
  const { t } = useTranslation('modules-console')
  const profileName = useProfileName()
  if (kind === 'machine') return t('people_none')
  const names = [
    ...choices.profiles.filter(({ id }) => profiles.includes(id)).map(({ name }) => profileName(name)),
    ...choices.teams.filter(({ id }) => teams.includes(id)).map(({ name }) => name),
  ]
  return names.length === 0 ? (
    <Text inherit c="dimmed">
      {t('nobody')}
    </Text>
  ) : (
    names.join(', ')
  )
}

/** How a module was told of the ends of the last day. */
function EndsTold({ kind, logoutAddress, logouts: { delivered, waiting, failed } }: Module) {
  const { t } = useTranslation('modules-console')
  if (kind === 'machine') return '–'
  if (logoutAddress === null) return t('ends_untold')
  if (delivered + waiting + failed === 0) return t('ends_none')
  return (
    <Group gap={6}>
      {failed > 0 && (
        <Badge variant="light" color="red" tt="none">
          {t('ends_failed', { count: failed })}
        </Badge>
      )}
      {waiting > 0 && (
        <Badge variant="light" color="yellow" tt="none">
          {t('ends_waiting', { count: waiting })}
        </Badge>
      )}
      {delivered > 0 && (
        <Badge variant="light" color="green" tt="none">
          {t('ends_delivered', { count: delivered })}
        </Badge>
      )}
    </Group>
  )
}
