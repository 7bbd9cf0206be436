// What the Live screen knows, and how it stays up to date. The one place to change when the server tells by itself.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { call, type Query } from '../app/api.ts'

/** In milliseconds, while the screen is seen. */
const every = 5000

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
