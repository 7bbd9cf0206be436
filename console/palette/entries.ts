// What the palette finds: only what whoever presses may see or do.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import type { Permission } from '../../contracts/permissions.ts'
import { call } from '../app/api.ts'
import { screensFor } from '../app/screens.ts'
import { useSession } from '../app/session.tsx'
import { rulesQuery } from '../rules/rules-query.ts'
import { useShownValue } from '../rules/shown-value.ts'
import type { Ask } from '../users/selection-bar.tsx'

export type Entry = {
  id: string
  group: 'people' | 'screens' | 'teams' | 'modules' | 'rules'
  text: string
  hint?: string | undefined
  /** What is done to somebody: shown below them, and said with their name. */
  whose?: string
  /** It asks here before it is done, and leads nowhere else. */
  asks?: boolean
  choose: () => void
}
type Act = ComponentProps<typeof Ask>['act']
/** What is asked before it is done. */
export type Asked = { act: Act; accountId: string }

/** So few letters find nobody in particular. */
const fewestLetters = 2
const mostPeople = 5
/** Of those, so many with what can be done to them; who is further down is found by one letter more. */
const mostWithActs = 2
/** Of each group besides people. */
const most = 6

/** Where new things are made. */
const makers: readonly { to: string; text: string; permission: Permission }[] = [
  { to: '/users/new', text: 'users.new', permission: 'accounts.create' },
  { to: '/teams/new', text: 'teams.new', permission: 'teams.manage' },
  { to: '/profiles/new', text: 'profiles.new', permission: 'profiles.manage' },
]

export function useEntries(typed: string, ask: (asked: Asked) => void): { entries: Entry[]; isLooking: boolean } {
  const { t } = useTranslation()
  const { permissions, accountId } = useSession()
  const navigate = useNavigate()
  const shownValue = useShownValue()
  const may = (permission: Permission) => permissions.includes(permission)
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const matches = (text: string) => words.every((word) => plain(text).includes(plain(word)))
  const findsPeople = may('accounts.view') && typed.length >= fewestLetters
  const people = useQuery({
    queryKey: ['accounts', 'palette', typed],
    queryFn: ({ signal }) => call('GET /api/accounts', { query: { search: typed, size: String(mostPeople) }, signal }),
    enabled: findsPeople,
    placeholderData: keepPreviousData,
  })
  const choices = useQuery({
    queryKey: ['accounts', 'choices'],
    queryFn: ({ signal }) => call('GET /api/accounts/choices', { signal }),
    enabled: may('accounts.view'),
  })
  const modules = useQuery({
    queryKey: ['modules'],
    queryFn: ({ signal }) => call('GET /api/modules', { signal }),
    enabled: may('modules.view'),
  })
  const rules = useQuery({ ...rulesQuery, enabled: may('rules.view') })

  const goTo = (to: string) => () => void navigate({ to })
  const ofPeople = (findsPeople ? (people.data?.accounts ?? []) : []).flatMap(
    ({ id, fullName, username, team, ...account }, at): Entry[] => {
      const mayAct = account.mayChange && id !== accountId
      const acts: Act[] = [
        ...(mayAct && may('accounts.new-password') ? (['slips'] as const) : []),
        ...(mayAct && may('accounts.update') ? ([account.enabled ? 'disable' : 'enable'] as const) : []),
      ]
      const isNear = at < mostWithActs
      const part = { group: 'people', whose: fullName } as const
      return [
        {
          id,
          group: 'people',
          text: fullName,
          hint: [username, team?.name].filter(Boolean).join(' · '),
          choose: goTo(`/users/${id}`),
        },
        ...(may('accounts.new-password')
          ? [
              {
                ...part,
                id: `${id}-why`,
                text: t('why_no_login'),
                choose: () => void navigate({ to: '/desk', search: { search: username } }),
              },
            ]
          : []),
        ...(isNear ? acts : []).map((act) => ({
          ...part,
          id: `${id}-${act}`,
          text: t(`users.act.${act}`),
          asks: true,
          choose: () => ask({ act, accountId: id }),
        })),
      ]
    },
  )
  const ofScreens = [
    ...screensFor(permissions).map(({ to, text }) => ({ to, text: t(text) })),
    ...makers.filter(({ permission }) => may(permission)).map(({ to, text }) => ({ to, text: t(text) })),
  ].map(({ to, text }): Entry => ({ id: to, group: 'screens', text, choose: goTo(to) }))
  const ofTeams = (choices.data?.teams ?? []).map(({ id, name }): Entry => {
    const to = may('teams.view') ? `/teams/${id}` : `/users?team=${id}`
    return { id, group: 'teams', text: name, choose: goTo(to) }
  })
  const ofModules = (modules.data?.modules ?? []).map(
    ({ id, name }): Entry => ({ id, group: 'modules', text: name, choose: goTo(`/modules/${id}`) }),
  )
  const ofRules = (rules.data?.catalogue ?? []).map((rule): Entry => {
    const to = rule.area === 'passwords' ? '/password-rules' : '/login-rules'
    return {
      id: rule.name,
      group: 'rules',
      text: t(`rules:rule.${rule.name}.name`),
      hint: shownValue(rule, rules.data!.values[rule.name]),
      choose: () => void navigate({ to, hash: `values.${rule.name}` }),
    }
  })
  // Without a word there are the screens; the rest is found by its name.
  const named = words.length === 0 ? [] : [ofTeams, ofModules, ofRules]
  const found = [ofScreens, ...named].flatMap((entries) =>
    entries.filter(({ text }) => matches(text)).slice(0, words.length === 0 ? undefined : most),
  )
  return { entries: [...ofPeople, ...found], isLooking: findsPeople && people.isFetching }
}

/** Without accents and capital letters, as people type. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
}
