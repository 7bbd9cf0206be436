import { searchText, searchWords } from '../app/search-text.ts'

/** What of the list of users is in its address, so that it can be sent to somebody and survives a reload. */
export type UsersSearch = {
  search?: string | undefined
  profile?: string | undefined
  team?: string | undefined
  state?: string | undefined
  group?: string | undefined
  sort?: string | undefined
  direction?: 'asc' | 'desc' | undefined
  page?: number | undefined
}

export function usersSearch(given: Record<string, unknown>): UsersSearch {
  return {
    search: searchWords(given.search),
    profile: searchText(given.profile),
    team: searchText(given.team),
    state: searchText(given.state),
    group: searchText(given.group),
    sort: searchText(given.sort),
    direction: given.direction === 'desc' ? 'desc' : undefined,
    page: Number(given.page) > 1 ? Math.floor(Number(given.page)) : undefined,
  }
}
