// Every screen and its address. Each is loaded when it is opened.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { FailedScreen } from './failure.tsx'
import { Frame } from './frame.tsx'
import { NotFound } from './not-found.tsx'
import { firstScreen } from './screens.ts'

const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => <FailedScreen error={error} retry={reset} />,
})

const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: firstScreen })
  },
})

/** What of the list of users is in its address, so that it can be sent to somebody and survives a reload. */
export type UsersSearch = {
  search?: string | undefined
  profile?: string | undefined
  team?: string | undefined
  state?: string | undefined
  sort?: string | undefined
  direction?: 'asc' | 'desc' | undefined
  page?: number | undefined
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

const users = createRoute({
  getParentRoute: () => root,
  path: '/users',
  validateSearch: (given: Record<string, unknown>): UsersSearch => ({
    search: text(given.search === undefined ? undefined : String(given.search)),
    profile: text(given.profile),
    team: text(given.team),
    state: text(given.state),
    sort: text(given.sort),
    direction: given.direction === 'desc' ? 'desc' : undefined,
    page: Number(given.page) > 1 ? Math.floor(Number(given.page)) : undefined,
  }),
  component: lazyRouteComponent(() => import('../users/users-screen.tsx')),
})
const newUser = createRoute({
  getParentRoute: () => root,
  path: '/users/new',
  component: lazyRouteComponent(() => import('../users/new-user-screen.tsx')),
})
const user = createRoute({
  getParentRoute: () => root,
  path: '/users/$id',
  component: lazyRouteComponent(() => import('../users/user-screen.tsx')),
})
const slips = createRoute({
  getParentRoute: () => root,
  path: '/slips',
  component: lazyRouteComponent(() => import('../slips/slips-screen.tsx')),
})

const requests = createRoute({
  getParentRoute: () => root,
  path: '/requests',
  component: lazyRouteComponent(() => import('../requests/requests-screen.tsx')),
})

export const router = createRouter({
  routeTree: root.addChildren([start, users, newUser, user, slips, requests]),
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
