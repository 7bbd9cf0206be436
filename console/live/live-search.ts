import { searchText, searchWords } from '../app/search-text.ts'

/** Which of those who are logged in are shown. */
export type LiveSearch = {
  search?: string | undefined
  team?: string | undefined
  sort?: 'fullName' | 'startedAt' | 'lastSeenAt' | undefined
  direction?: 'asc' | 'desc' | undefined
}

export function liveSearch(given: Record<string, unknown>): LiveSearch {
  return {
    search: searchWords(given.search),
    team: searchText(given.team),
    sort: (['fullName', 'startedAt', 'lastSeenAt'] as const).find((each) => each === given.sort),
    direction: given.direction === 'desc' ? 'desc' : undefined,
  }
}
