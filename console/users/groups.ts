// The groups of people that change by themselves, with how many are in each. The start page and the list of users show the same.
import { useQuery } from '@tanstack/react-query'
import type { AccountGroup } from '../../contracts/account-groups.ts'
import { call } from '../app/api.ts'

/** In milliseconds, while a screen that shows them is seen: a refused login tells no screen. */
const every = 15_000

export function useGroups(): ReadonlyMap<AccountGroup, number> | undefined {
  const { data } = useQuery({
    queryKey: ['live', 'groups'],
    queryFn: ({ signal }) => call('GET /api/accounts/groups', { signal }),
    refetchInterval: every,
    refetchOnMount: 'always',
  })
  return data && new Map(data.groups.map(({ group, count }) => [group, count]))
}
