// Every screen and its address. Each is loaded when it is opened.
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { auditSearch } from '../audit/audit-search.ts'
import { liveSearch } from '../live/live-search.ts'
import { usersSearch } from '../users/users-search.ts'
import { FailedScreen } from './failure.tsx'
import { Frame } from './frame.tsx'
import { lazyScreen } from './lazy-screen.ts'
import { NotFound } from './not-found.tsx'
import { PendingScreen } from './pending-screen.tsx'
import { searchText, searchWords } from './search-text.ts'
import { loadTexts } from './texts.ts'

const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
})

const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyScreen(async () => {
    const [module] = await Promise.all([import('../start/start-screen.tsx'), loadTexts('start'), loadTexts('live')])
    return module
  }),
})

const users = createRoute({
  getParentRoute: () => root,
  path: '/users',
  validateSearch: usersSearch,
  component: lazyScreen(() => import('../users/users-screen.tsx')),
})
const withDeskTexts = async () => {
  const [module] = await Promise.all([
    import('../desk/desk-screen.tsx'),
    loadTexts('desk'),
    loadTexts('live'),
    loadTexts('modules-console'),
  ])
  return module
}
const desk = createRoute({
  getParentRoute: () => root,
  path: '/desk',
  validateSearch: (given: Record<string, unknown>): { search?: string | undefined } => ({
    search: searchWords(given.search),
  }),
  component: lazyScreen(withDeskTexts),
})
const newUser = createRoute({
  getParentRoute: () => root,
  path: '/users/new',
  // The built-in profile that is chosen already.
  validateSearch: (given: Record<string, unknown>): { profile?: string | undefined } => ({ profile: searchText(given.profile) }),
  component: lazyScreen(() => import('../users/new-user-screen.tsx')),
})
const user = createRoute({
  getParentRoute: () => root,
  path: '/users/$id',
  validateSearch: (given: Record<string, unknown>): { tab?: string | undefined; day?: string | undefined } => ({
    tab: searchText(given.tab),
    day: /^(19|20)\d\d-\d\d-\d\d$/.test(String(given.day)) ? String(given.day) : undefined,
  }),
  component: lazyScreen(async () => {
    const [module] = await Promise.all([
      import('../person/user-screen.tsx'),
      ...(['person', 'desk', 'live', 'audit', 'imports', 'rules', 'modules-console'] as const).map(loadTexts),
    ])
    return module
  }),
})
const slips = createRoute({
  getParentRoute: () => root,
  path: '/slips',
  component: lazyScreen(() => import('../slips/slips-screen.tsx')),
})

const imports = createRoute({
  getParentRoute: () => root,
  path: '/imports',
  component: lazyScreen(async () => {
    const [module] = await Promise.all([import('../imports/imports-screen.tsx'), loadTexts('imports')])
    return module
  }),
})
const oneImport = createRoute({
  getParentRoute: () => root,
  path: '/imports/$id',
  component: lazyScreen(async () => {
    const [module] = await Promise.all([import('../imports/import-screen.tsx'), loadTexts('imports')])
    return module
  }),
})
const requests = createRoute({
  getParentRoute: () => root,
  path: '/requests',
  component: lazyScreen(() => import('../requests/requests-screen.tsx')),
})
const live = createRoute({
  getParentRoute: () => root,
  path: '/live',
  validateSearch: liveSearch,
  component: lazyScreen(async () => {
    const [module] = await Promise.all([import('../live/live-screen.tsx'), loadTexts('live')])
    return module
  }),
})
const profiles = createRoute({
  getParentRoute: () => root,
  path: '/profiles',
  component: lazyScreen(() => import('../profiles/profiles-screen.tsx')),
})
const newProfile = createRoute({
  getParentRoute: () => root,
  path: '/profiles/new',
  // The profile whose permissions the new one begins with.
  validateSearch: (given: Record<string, unknown>): { like?: string | undefined } => ({ like: searchText(given.like) }),
  component: lazyScreen(() => import('../profiles/new-profile-screen.tsx')),
})
const profile = createRoute({
  getParentRoute: () => root,
  path: '/profiles/$id',
  component: lazyScreen(() => import('../profiles/profile-screen.tsx')),
})
const teams = createRoute({
  getParentRoute: () => root,
  path: '/teams',
  component: lazyScreen(() => import('../teams/teams-screen.tsx')),
})
const newTeam = createRoute({
  getParentRoute: () => root,
  path: '/teams/new',
  component: lazyScreen(() => import('../teams/new-team-screen.tsx')),
})
const team = createRoute({
  getParentRoute: () => root,
  path: '/teams/$id',
  component: lazyScreen(() => import('../teams/team-screen.tsx')),
})
const withModuleTexts =
  <Module,>(load: () => Promise<Module>) =>
  async () => {
    const [module] = await Promise.all([load(), loadTexts('modules-console')])
    return module
  }
const modules = createRoute({
  getParentRoute: () => root,
  path: '/modules',
  component: lazyScreen(withModuleTexts(() => import('../modules/modules-screen.tsx'))),
})
const newModule = createRoute({
  getParentRoute: () => root,
  path: '/modules/new',
  component: lazyScreen(withModuleTexts(() => import('../modules/new-module-screen.tsx'))),
})
const oneModule = createRoute({
  getParentRoute: () => root,
  path: '/modules/$id',
  component: lazyScreen(withModuleTexts(() => import('../modules/module-screen.tsx'))),
})
const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyScreen(async () => {
    const [module] = await Promise.all([
      import('../audit/audit-screen.tsx'),
      loadTexts('audit'),
      loadTexts('imports'),
      loadTexts('rules'),
    ])
    return module
  }),
})
const withRuleTexts =
  <Module,>(load: () => Promise<Module>) =>
  async () => {
    const [module] = await Promise.all([load(), loadTexts('rules'), loadTexts('passwords')])
    return module
  }
const passwordRules = createRoute({
  getParentRoute: () => root,
  path: '/password-rules',
  component: lazyScreen(withRuleTexts(() => import('../rules/password-rules-screen.tsx'))),
})
const loginRules = createRoute({
  getParentRoute: () => root,
  path: '/login-rules',
  component: lazyScreen(withRuleTexts(() => import('../rules/login-rules-screen.tsx'))),
})
const factorRules = createRoute({
  getParentRoute: () => root,
  path: '/factor-rules',
  component: lazyScreen(async () => {
    const [module] = await Promise.all([import('../factors/factor-rules-screen.tsx'), loadTexts('factors')])
    return module
  }),
})

export const router = createRouter({
  routeTree: root.addChildren([
    start,
    desk,
    users,
    newUser,
    user,
    slips,
    live,
    imports,
    oneImport,
    profiles,
    newProfile,
    profile,
    teams,
    newTeam,
    team,
    modules,
    newModule,
    oneModule,
    passwordRules,
    loginRules,
    factorRules,
    requests,
    audit,
  ]),
  basepath: '/console',
  defaultPreload: 'intent',
  // Of each screen and not of all: what stands around it stays.
  defaultErrorComponent: ({ error, reset }) => <FailedScreen error={error} retry={reset} />,
  defaultPendingComponent: PendingScreen,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
