import { searchText, searchWords } from '../app/search-text.ts'

/** Which of what happened is shown. */
export type AuditSearch = {
  search?: string | undefined
  person?: string | undefined
  /** With commas in between. */
  events?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

export function auditSearch(given: Record<string, unknown>): AuditSearch {
  return {
    search: searchWords(given.search),
    person: searchText(given.person),
    events: searchText(given.events),
    from: searchText(given.from),
    to: searchText(given.to),
  }
}
