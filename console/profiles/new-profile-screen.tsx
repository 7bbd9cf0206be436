import { Stack } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { ProfileForm, type ProfileValues } from './profile-form.tsx'
import { useProfileName } from './profile-name.ts'

const route = getRouteApi('/profiles/new')

export default function NewProfileScreen() {
  const { t } = useTranslation()
  const profileName = useProfileName()
  const { like } = route.useSearch()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const catalogue = useQuery({ queryKey: ['permissions'], queryFn: ({ signal }) => call('GET /api/permissions', { signal }) })
  const list = useQuery({ queryKey: ['profiles'], queryFn: ({ signal }) => call('GET /api/profiles', { signal }) })
  const error = catalogue.error ?? list.error
  const create = async (body: ProfileValues) => {
    await call('POST /api/profiles', { body })
    announce(t('profiles.created', { name: body.name }))
    void queries.invalidateQueries({ queryKey: ['accounts', 'choices'] })
    await queries.invalidateQueries({ queryKey: ['profiles'] })
    await navigate({ to: '/profiles' })
  }
  const initial = (): ProfileValues => {
    const model = list.data?.profiles.find(({ id }) => id === like)
    const may = new Set((catalogue.data?.permissions ?? []).filter(({ mayGive }) => mayGive).map(({ key }) => key))
    return {
      name: model ? t('profiles.copy_of', { name: profileName(model.name) }) : '',
      permissions: (model?.permissions ?? []).filter((key) => may.has(key)) as ProfileValues['permissions'],
    }
  }
  return (
    <Stack>
      <Heading area={t('profiles.title')}>{t('profiles.new')}</Heading>
      {error && <Failure error={error} />}
      {catalogue.data && list.data && (
        <ProfileForm catalogue={catalogue.data.permissions} initial={initial()} submit={t('users.create')} onSubmit={create} />
      )}
    </Stack>
  )
}
