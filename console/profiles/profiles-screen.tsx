// The list of profiles: what each permits, in numbers, and who has it.
import { Anchor, Badge, Button, Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Answer, call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { usePermission } from '../app/session.tsx'
import { formatNumber } from '../app/texts.ts'
import { useProfileName } from './profile-name.ts'

type Profile = Answer<'GET /api/profiles'>['profiles'][number]

export default function ProfilesScreen() {
  const { t } = useTranslation()
  const list = useQuery({ queryKey: ['profiles'], queryFn: ({ signal }) => call('GET /api/profiles', { signal }) })
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Heading>{t('profiles.title')}</Heading>
        {list.data?.mayCreate && (
          <Button component={Link} to="/profiles/new">
            {t('profiles.new')}
          </Button>
        )}
      </Group>
      <Text c="dimmed">{t('profiles.about')}</Text>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data && <ProfilesTable profiles={list.data.profiles} />}
      {list.data?.mayCreate && list.data.profiles.every(({ builtIn }) => builtIn) && <Text>{t('profiles.none_yet')}</Text>}
    </Stack>
  )
}

function ProfilesTable({ profiles }: { profiles: readonly Profile[] }) {
  const { t } = useTranslation()
  const profileName = useProfileName()
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table highlightOnHover verticalSpacing="xs" bg="var(--surface)">
        <Table.Caption>
          <VisuallyHidden>{t('profiles.title')}</VisuallyHidden>
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('profiles.name')}</Table.Th>
            <Table.Th className="wide-only">{t('profiles.permissions')}</Table.Th>
            <Table.Th ta="end">{t('users.title')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {profiles.map((profile) => (
            <Table.Tr key={profile.id}>
              <Table.Td>
                <Group gap="xs">
                  <Anchor component={Link} to={`/profiles/${profile.id}`} fw={600} className="break">
                    {profileName(profile.name)}
                  </Anchor>
                  <ProfileMarks {...profile} />
                </Group>
                <Text size="sm" c="dimmed" className="narrow-only">
                  {t('profiles.permission_count', { count: profile.permissions.length })}
                </Text>
              </Table.Td>
              <Table.Td className="wide-only">
                {t('profiles.permission_count', { count: profile.permissions.length })}
                <Text size="sm" c="dimmed">
                  <Areas permissions={profile.permissions} />
                </Text>
              </Table.Td>
              <Table.Td ta="end">
                <AccountsOf {...profile} bare />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** The parts of the console that a profile lets somebody into. */
function Areas({ permissions }: { permissions: readonly string[] }) {
  const { t } = useTranslation()
  const areas = new Set(permissions.map((permission) => permission.split('.')[0]!))
  return [...areas].map((area) => t(`permissions:areas.${area}`)).join(', ')
}

export function ProfileMarks({ builtIn, own }: Pick<Profile, 'builtIn' | 'own'>) {
  const { t } = useTranslation()
  return (
    <>
      {builtIn && (
        <Badge variant="light" color="gray" tt="none">
          {t('profiles.built_in')}
        </Badge>
      )}
      {own && (
        <Badge variant="light" tt="none">
          {t('profiles.own')}
        </Badge>
      )}
    </>
  )
}

/**
 * How many accounts have a profile; leads to them where there are any and one may see them.
 * @param bare where the column says already what is counted
 */
export function AccountsOf({ id, accounts, bare = false }: Pick<Profile, 'id' | 'accounts'> & { bare?: boolean }) {
  const { t } = useTranslation()
  const mayView = usePermission('accounts.view')
  const count = t('users.count', { count: accounts, number: formatNumber(accounts) })
  const shown = bare ? formatNumber(accounts) : count
  if (!mayView || accounts === 0) return shown
  return (
    <Anchor fz="inherit" aria-label={count} renderRoot={(props) => <Link to="/users" search={{ profile: id }} {...props} />}>
      {shown}
    </Anchor>
  )
}
