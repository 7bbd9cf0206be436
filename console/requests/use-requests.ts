// The recovery requests that wait. Whoever shows some of them asks here, so that there is one place where they come from.
import { useQuery } from '@tanstack/react-query'
import { type Answer, call } from '../app/api.ts'
import { usePermission } from '../app/session.tsx'

export type RecoveryRequest = Answer<'GET /api/recovery-requests'>['requests'][number]

export const requestsKey = ['recovery-requests'] as const

/** How often they are asked for while somebody can see them, in milliseconds. The live channel has them asked for as soon as one comes or goes. */
const askEvery = 60_000

export function useRequests() {
  const may = usePermission('requests.answer')
  return useQuery({
    queryKey: requestsKey,
    queryFn: ({ signal }) => call('GET /api/recovery-requests', { signal }),
    enabled: may,
    // Not while the tab is in the background, which is TanStack Query's own way; coming back asks at once.
    refetchInterval: askEvery,
  })
}

/** Those that are for whoever is logged in here, and not for other supervisors. */
export function useMyRequests(): readonly RecoveryRequest[] {
  return useRequests().data?.requests.filter(({ isMine }) => isMine) ?? []
}
