// The list of teams within reach: who supervises each, and how many people are in it.
import { Anchor, Button, Group, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { usePermission } from '../app/session.tsx'
import { formatNumber } from '../app/texts.ts'

type Team = Answer<'GET /api/teams'>['teams'][number]

export default function TeamsScreen() {
  const { t } = useTranslation()
  const [words, setWords] = useState('')
  const list = useQuery({ queryKey: ['teams'], queryFn: ({ signal }) => call('GET /api/teams', { signal }) })
  const all = list.data?.teams ?? []
  const wanted = words.trim().toLowerCase()
  const teams = all.filter(({ name, supervisors }) =>
    [name, ...supervisors.map(({ fullName }) => fullName)].some((text) => text.toLowerCase().includes(wanted)),
  )
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Heading>{t('teams.title')}</Heading>
        {list.data?.mayManage && (
          <Button component={Link} to="/teams/new">
            {t('teams.new')}
          </Button>
        )}
      </Group>
      {all.length > 5 && (
        <TextInput
          type="search"
          label={t('search')}
          placeholder={t('teams.search_in')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          maw={480}
        />
      )}
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data && (
        <Text role="status" c="dimmed">
          {t('teams.count', { count: teams.length, number: formatNumber(teams.length) })}
        </Text>
      )}
      {list.data && teams.length === 0 ? (
        <Text py="xl" ta="center">
          {t(wanted ? 'teams.none_found' : list.data.mayManage ? 'teams.none_yet' : 'teams.none_of_yours')}
        </Text>
      ) : (
        <TeamsTable teams={teams} />
      )}
    </Stack>
  )
}

function TeamsTable({ teams }: { teams: readonly Team[] }) {
  const { t } = useTranslation()
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table highlightOnHover verticalSpacing="xs" bg="var(--surface)">
        <Table.Caption>
          <VisuallyHidden>{t('teams.title')}</VisuallyHidden>
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('teams.name')}</Table.Th>
            <Table.Th className="wide-only">{t('teams.supervisors')}</Table.Th>
            <Table.Th ta="end">{t('users.title')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {teams.map((team) => (
            <Table.Tr key={team.id}>
              <Table.Td>
                <Anchor component={Link} to={`/teams/${team.id}`} fw={600} className="break">
                  {team.name}
                </Anchor>
                <Text size="sm" c="dimmed" className="narrow-only break">
                  <Supervisors {...team} />
                </Text>
              </Table.Td>
              <Table.Td className="wide-only break">
                <Supervisors {...team} />
              </Table.Td>
              <Table.Td ta="end">
                <MembersOf {...team} bare />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** Who supervises a team, by name. */
export function Supervisors({ supervisors }: Pick<Team, 'supervisors'>) {
  const { t } = useTranslation()
  return <>{supervisors.map(({ fullName }) => fullName).join(', ') || t('teams.no_supervisor')}</>
}

/**
 * How many people are in a team; leads to them where there are any and one may see them.
 * @param bare where the column says already what is counted
 */
export function MembersOf({ id, members, bare = false }: Pick<Team, 'id' | 'members'> & { bare?: boolean }) {
  const { t } = useTranslation()
  const mayView = usePermission('accounts.view')
  const count = t('users.count', { count: members, number: formatNumber(members) })
  const shown = bare ? formatNumber(members) : count
  if (!mayView || members === 0) return shown
  return (
    <Anchor fz="inherit" aria-label={count} renderRoot={(props) => <Link to="/users" search={{ team: id }} {...props} />}>
      {shown}
    </Anchor>
  )
}
