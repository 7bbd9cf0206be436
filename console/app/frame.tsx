// What stands around every screen: the instance, the navigation, the user menu, and the word that the session has ended.
import { AppShell, Badge, Box, Burger, Button, Group, Menu, NavLink, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { RequestsNotice } from '../requests/requests-notice.tsx'
import { useMyRequests } from '../requests/use-requests.ts'
import { instanceName } from './heading.tsx'
import { NoConnection } from './no-connection.tsx'
import { screensFor } from './screens.ts'
import { useSession } from './session.tsx'
import { SessionEnded } from './session-ended.tsx'
import { SessionWarning } from './session-warning.tsx'

export function Frame() {
  const { t } = useTranslation()
  const [opened, { toggle, close }] = useDisclosure()
  const { permissions } = useSession()
  const waiting = useMyRequests().length
  const { pathname } = useLocation()
  useEffect(close, [pathname])
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <AppShell.Header>
        <Group h="100%" px="md" wrap="nowrap" justify="space-between">
          <Group wrap="nowrap" gap="sm" miw={0}>
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('navigation')}
              aria-expanded={opened}
            />
            <img src="/assets/gatehouse.svg" alt="" width={28} height={28} />
            <Text fw={600} truncate>
              {instanceName}
            </Text>
          </Group>
          <UserMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('navigation')}>
        {screensFor(permissions).map(({ to, text }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={t(text)}
            rightSection={to === '/requests' && waiting > 0 && <Waiting count={waiting} />}
            active={pathname === to || pathname.startsWith(`${to}/`)}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main>
        <Box maw={1280} mx="auto">
          <Outlet />
        </Box>
      </AppShell.Main>
      <RequestsNotice />
      <NoConnection />
      <SessionWarning />
      <SessionEnded />
    </AppShell>
  )
}

function Waiting({ count }: { count: number }) {
  const { t } = useTranslation()
  return (
    <Badge size="lg" aria-label={t('requests.waiting', { count })}>
      {count}
    </Badge>
  )
}

function UserMenu() {
  const { t } = useTranslation()
  const { fullName, formToken } = useSession()
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <Button variant="subtle" aria-label={`${t('home:user_menu')}: ${fullName}`} maw="45vw">
          <Text truncate inherit>
            {fullName}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href="/home">
          {t('home:home')}
        </Menu.Item>
        <Menu.Item component="a" href="/change-password">
          {t('home:change_password')}
        </Menu.Item>
        <Menu.Item component="a" href="/change-language">
          {t('common:language')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item component="button" type="submit" form="log-out" closeMenuOnClick={false}>
          {t('home:log_out')}
        </Menu.Item>
      </Menu.Dropdown>
      <form id="log-out" method="post" action="/log-out" hidden>
        <input type="hidden" name="formToken" value={formToken} />
      </form>
    </Menu>
  )
}
