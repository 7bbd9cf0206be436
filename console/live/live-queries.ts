// What the Live screen knows. The live channel (console/app/live-channel.ts) has it asked for anew when something changes.
import { keepPreviousData, queryOptions, useQueries, useQuery } from '@tanstack/react-query'
import { type Answer, call, type Query } from '../app/api.ts'
import type { LiveSearch } from './live-search.ts'

/** In milliseconds, while the screen is seen: for what no notice tells, such as a session that lapses, and for where there is no channel. */
const every = 60_000

/** How many sessions are asked for at once. */
export const pageSize = 200

export type LiveSessions = Answer<'GET /api/sessions'>

const sessionsPage = (filter: LiveSearch, page: number) =>
  queryOptions({
    queryKey: ['live', 'sessions', filter, page],
    queryFn: ({ signal }) => {
      const query = { ...filter, page: String(page), size: String(pageSize) } as Query<'GET /api/sessions'>
      return call('GET /api/sessions', { query, signal })
    },
    refetchInterval: every,
  })

/** The first of them, and how many there are. */
export function useLiveSessions(filter: LiveSearch) {
  return useQuery({ ...sessionsPage(filter, 1), placeholderData: keepPreviousData })
}

/** Some pages after the first, as far as they are there, by their numbers. */
export function useMoreSessions(filter: LiveSearch, pages: readonly number[]): Map<number, LiveSessions['sessions']> {
  const found = useQueries({ queries: pages.map((page) => sessionsPage(filter, page)) })
  return new Map(pages.map((page, at) => [page, found[at]?.data?.sessions ?? []]))
}

/** The same day of the last week, which does not change any more. */
export function useSeatsWeekAgo() {
  return useQuery({
    queryKey: ['seats', 'week-ago', new Date().toDateString()],
    queryFn: ({ signal }) => call('GET /api/seats/week-ago', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export function useSeats() {
  return useQuery({
    queryKey: ['live', 'seats'],
    queryFn: ({ signal }) => call('GET /api/seats', { signal }),
    refetchInterval: every,
  })
}
