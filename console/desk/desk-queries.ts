// What the desk knows, and how it stays up to date. The one place to change when the server tells by itself.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type Answer, call } from '../app/api.ts'

export type Person = Answer<'GET /api/desk'>['people'][number]
export type LoginChecks = Answer<'POST /api/accounts/:id/login-checks'>
export type LoginCheck = LoginChecks['checks'][number]

export const deskKey = ['desk'] as const
/** From how many letters on it is looked for people. */
export const fewestLetters = 2
/** In milliseconds, while the screen is seen. */
const every = 5000

export function usePeople(search: string) {
  return useQuery({
    queryKey: [...deskKey, 'people', search],
    queryFn: ({ signal }) => call('GET /api/desk', { query: { search }, signal }),
    enabled: search.length >= fewestLetters,
    placeholderData: keepPreviousData,
    refetchInterval: every,
  })
}

export function useLoginChecks(id: string) {
  return useQuery({
    queryKey: [...deskKey, 'checks', id],
    queryFn: ({ signal }) => call('POST /api/accounts/:id/login-checks', { params: { id }, signal }),
    refetchInterval: every,
  })
}
