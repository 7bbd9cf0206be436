import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { ApiProblem, call } from '../app/api.ts'
import { FailedScreen } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { RemoveButton } from '../app/remove-button.tsx'
import { usePermission } from '../app/session.tsx'
import { PermissionList } from './permission-list.tsx'
import { ProfileForm, type ProfileValues } from './profile-form.tsx'
import { useProfileName } from './profile-name.ts'
import { AccountsOf, ProfileMarks } from './profiles-screen.tsx'

const route = getRouteApi('/profiles/$id')

export default function ProfileScreen() {
  const { t } = useTranslation()
  const profileName = useProfileName()
  const { id } = route.useParams()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const mayManage = usePermission('profiles.manage')
  const catalogue = useQuery({ queryKey: ['permissions'], queryFn: ({ signal }) => call('GET /api/permissions', { signal }) })
  const list = useQuery({ queryKey: ['profiles'], queryFn: ({ signal }) => call('GET /api/profiles', { signal }) })
  const error = catalogue.error ?? list.error
  if (error) return <FailedScreen error={error} retry={() => void list.refetch()} />
  if (!catalogue.data || !list.data) return null
  const profile = list.data.profiles.find((each) => each.id === id)
  if (profile === undefined) return <FailedScreen error={new ApiProblem(404, { code: 'profile_not_found' })} />

  const renew = async () => {
    void queries.invalidateQueries({ queryKey: ['accounts'] })
    await queries.invalidateQueries({ queryKey: ['profiles'] })
  }
  const save = async (values: ProfileValues) => {
    await call('PUT /api/profiles/:id', { params: { id }, body: { ...values, version: profile.version } })
    announce(t('saved'))
    await renew()
  }
  const remove = async () => {
    await call('DELETE /api/profiles/:id', { params: { id } })
    announce(t('profiles.removed', { name: profile.name }))
    await navigate({ to: '/profiles', ignoreBlocker: true })
    await renew()
  }
  const why = profile.builtIn ? 'built_in_profile' : profile.own ? 'own_profile' : 'beyond_your_permissions'
  return (
    <Stack>
      <Group justify="space-between" align="start">
        <div>
          <Heading area={t('profiles.title')}>{profileName(profile.name)}</Heading>
          <Group gap="xs" mt={4}>
            <ProfileMarks {...profile} />
            <Text size="sm">
              <AccountsOf {...profile} />
            </Text>
          </Group>
        </div>
        <Group gap="xs">
          {list.data.mayCreate && (
            <Button variant="default" renderRoot={(props) => <Link to="/profiles/new" search={{ like: id }} {...props} />}>
              {t('profiles.copy')}
            </Button>
          )}
          {profile.mayChange && <RemoveButton ask={t('profiles.ask_remove', { name: profile.name })} remove={remove} />}
        </Group>
      </Group>
      {mayManage && !profile.mayChange && (
        <Text role="note">
          {t(`problems:${why}.title`)}. {t(`problems:${why}.next`)}
        </Text>
      )}
      {profile.mayChange && profile.accounts > 0 && <Text c="dimmed">{t('profiles.at_once')}</Text>}
      {profile.mayChange ? (
        <ProfileForm
          key={profile.version}
          catalogue={catalogue.data.permissions}
          initial={{ name: profile.name, permissions: profile.permissions as ProfileValues['permissions'] }}
          submit={t('common:save')}
          onSubmit={save}
        />
      ) : (
        <PermissionList catalogue={catalogue.data.permissions} given={profile.permissions} />
      )}
    </Stack>
  )
}
