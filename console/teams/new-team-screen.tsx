import { Stack } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { useSession } from '../app/session.tsx'
import { TeamForm, type TeamValues } from './team-form.tsx'

export default function NewTeamScreen() {
  const { t } = useTranslation()
  const { accountId, fullName, username } = useSession()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const list = useQuery({ queryKey: ['teams'], queryFn: ({ signal }) => call('GET /api/teams', { signal }) })
  const create = async (body: TeamValues) => {
    const { id, warnings } = await call('POST /api/teams', { body })
    announce(t('teams.created', { name: body.name }))
    void queries.invalidateQueries({ queryKey: ['accounts', 'choices'] })
    await queries.invalidateQueries({ queryKey: ['teams'] })
    // Who supervises and sees nobody is shown there.
    await (warnings.length > 0 ? navigate({ to: '/teams/$id', params: { id } }) : navigate({ to: '/teams' }))
  }
  return (
    <Stack>
      <Heading area={t('teams.title')}>{t('teams.new')}</Heading>
      {list.error && <Failure error={list.error} />}
      {list.data && (
        <TeamForm
          name=""
          supervisors={[]}
          fixed={list.data.self.mustSupervise ? [{ id: accountId, fullName, username }] : []}
          submit={t('users.create')}
          onSubmit={create}
        />
      )}
    </Stack>
  )
}
