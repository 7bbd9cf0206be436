import { Alert, Group, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { ApiProblem, call } from '../app/api.ts'
import { FailedScreen } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { RemoveButton } from '../app/remove-button.tsx'
import { TeamForm, type TeamValues } from './team-form.tsx'
import { MembersOf, Supervisors } from './teams-screen.tsx'

const route = getRouteApi('/teams/$id')

export default function TeamScreen() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const list = useQuery({ queryKey: ['teams'], queryFn: ({ signal }) => call('GET /api/teams', { signal }) })
  if (list.error) return <FailedScreen error={list.error} retry={() => void list.refetch()} />
  if (!list.data) return null
  const { mayManage, self } = list.data
  const team = list.data.teams.find((each) => each.id === id)
  if (team === undefined) return <FailedScreen error={new ApiProblem(404, { code: 'team_not_found' })} />

  const renew = async () => {
    void queries.invalidateQueries({ queryKey: ['accounts'] })
    await queries.invalidateQueries({ queryKey: ['teams'] })
  }
  const save = async (values: TeamValues) => {
    await call('PUT /api/teams/:id', { params: { id }, body: { ...values, version: team.version } })
    announce(t('saved'))
    await renew()
  }
  const remove = async () => {
    await call('DELETE /api/teams/:id', { params: { id } })
    announce(t('teams.removed', { name: team.name }))
    await navigate({ to: '/teams', ignoreBlocker: true })
    await renew()
  }
  const stays = (each: (typeof team.supervisors)[number]) => !each.mayChange || (self.mustSupervise && each.id === self.id)
  const blind = team.supervisors.filter(({ mayView }) => !mayView)
  return (
    <Stack>
      <Group justify="space-between" align="start">
        <div>
          <Heading area={t('teams.title')}>{team.name}</Heading>
          <Text size="sm" mt={4}>
            <MembersOf {...team} />
          </Text>
        </div>
        {mayManage && <RemoveButton ask={t('teams.ask_remove', { name: team.name })} remove={remove} />}
      </Group>
      {blind.length > 0 && (
        <Alert color="yellow" role="note" title={t('teams.blind', { names: blind.map(({ fullName }) => fullName).join(', ') })}>
          {t('teams.blind_next')}
        </Alert>
      )}
      {mayManage ? (
        <TeamForm
          key={team.version}
          name={team.name}
          supervisors={team.supervisors.filter((each) => !stays(each))}
          fixed={team.supervisors.filter(stays)}
          submit={t('common:save')}
          onSubmit={save}
        />
      ) : (
        <Text>
          {t('teams.supervisors')}: <Supervisors {...team} />
        </Text>
      )}
    </Stack>
  )
}
