// What stands around every screen: the instance, the navigation, the user menu, and the word that the session has ended.
// Plain elements with the styles of public/frame.css, which the server's pages have too: one header, before and behind the login.
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMyRequests } from '../requests/use-requests.ts'
import { DropMenu } from './drop-menu.tsx'
import { instanceName } from './heading.tsx'
import { Keys } from './keys.tsx'
import { NoConnection } from './no-connection.tsx'
import { screensFor } from './screens.ts'
import { useSession } from './session.tsx'
import { SessionEnded } from './session-ended.tsx'
import { SessionWarning } from './session-warning.tsx'

const RequestsNotice = lazy(() => import('../requests/requests-notice.tsx'))
const logo = document.querySelector<HTMLLinkElement>('link[rel=icon]')?.href

export function Frame() {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  const { permissions } = useSession()
  const waiting = useMyRequests().length
  const { pathname } = useLocation()
  useEffect(() => setOpened(false), [pathname])
  return (
    <>
      <header className="top">
        <button
          type="button"
          className="burger"
          aria-label={t('navigation')}
          aria-expanded={opened}
          aria-controls="navigation"
          onClick={() => setOpened(!opened)}
        >
          <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true" stroke="currentColor" strokeWidth="1.8">
            <path d={opened ? 'M3 3l10 10M13 3L3 13' : 'M2 4h12M2 8h12M2 12h12'} />
          </svg>
        </button>
        <p className="instance">
          <Link to="/">
            <img src={logo} alt="" width={28} height={28} /> {instanceName}
          </Link>
        </p>
        <Keys />
        <UserMenu />
      </header>
      <nav id="navigation" className="frame-nav" aria-label={t('navigation')} data-open={opened || undefined}>
        <ul>
          {screensFor(permissions).map(({ to, text }) => (
            <li key={to}>
              <Link to={to} aria-current={pathname === to || pathname.startsWith(`${to}/`) ? 'page' : undefined}>
                {t(text)}
                {to === '/requests' && waiting > 0 && (
                  <span role="img" className="waiting" aria-label={t('requests.waiting', { count: waiting })}>
                    {waiting}
                  </span>
                )}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main className="frame-main">
        <Outlet />
      </main>
      <Suspense>
        <RequestsNotice />
      </Suspense>
      <NoConnection />
      <SessionWarning />
      <SessionEnded />
    </>
  )
}

function UserMenu() {
  const { t } = useTranslation()
  const { fullName, formToken } = useSession()
  return (
    <DropMenu label={t('home:user_menu')} summary={fullName}>
      <li>
        <a href="/home">{t('home:home')}</a>
      </li>
      <li>
        <a href="/change-password">{t('home:change_password')}</a>
      </li>
      <li>
        <a href="/change-language">{t('common:language')}</a>
      </li>
      <li>
        <form method="post" action="/log-out">
          <input type="hidden" name="formToken" value={formToken} />
          <button type="submit">{t('home:log_out')}</button>
        </form>
      </li>
    </DropMenu>
  )
}
