import { type Answer, upload } from '../app/api.ts'

export type Found = Answer<'GET /api/imports/:id'>
type Choice = { sheet?: string | undefined; encoding?: string | undefined; replaces?: string | undefined }

/** Files that were sent from this page, so that another sheet or encoding needs no second choosing. A reload forgets them. */
const kept = new Map<string, File>()

export const keptFile = (importId: string) => kept.get(importId)

/** Sends a spreadsheet, for the first time or in place of an import that has not run. */
export async function sendFile(file: File, choice: Choice = {}): Promise<Found> {
  const given = Object.entries({ name: file.name, ...choice }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const found = (await upload(`/api/imports?${new URLSearchParams(given)}`, file)) as Found
  if (choice.replaces !== undefined) kept.delete(choice.replaces)
  kept.set(found.id, file)
  return found
}
