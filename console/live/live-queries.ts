// What the Live screen knows. The live channel (console/app/live-channel.ts) has it asked for anew when something changes.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { call, type Query } from '../app/api.ts'

/** In milliseconds, while the screen is seen: for what no notice tells, such as a session that lapses, and for where there is no channel. */
const every = 60_000

export function useLiveSessions(query: Query<'GET /api/sessions'>) {
  return useQuery({
    queryKey: ['live', 'sessions', query],
    queryFn: ({ signal }) => call('GET /api/sessions', { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: every,
  })
}

export function useSeats() {
  return useQuery({
    queryKey: ['live', 'seats'],
    queryFn: ({ signal }) => call('GET /api/seats', { signal }),
    refetchInterval: every,
  })
}
