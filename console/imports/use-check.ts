import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Body, call } from '../app/api.ts'
import type { Found } from './send-file.ts'

export type Settings = Body<'PUT /api/imports/:id'>
export type Mend = NonNullable<Settings['mend']>[number]

/** What an import is read as at this moment. */
export function settingsOf({ columns, hasHeader, onExisting, nameOrder }: Found): Settings {
  return { mapping: columns.map(({ field }) => field), hasHeader, onExisting, nameOrder }
}

/** The dry run anew, with whatever is different. */
export function useCheck({ id }: Found) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Settings) => call('PUT /api/imports/:id', { params: { id }, body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['imports'] }),
  })
}
