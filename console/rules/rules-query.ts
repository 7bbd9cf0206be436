import { queryOptions } from '@tanstack/react-query'
import { call } from '../app/api.ts'

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: ({ signal }) => call('GET /api/rules', { signal }),
})
