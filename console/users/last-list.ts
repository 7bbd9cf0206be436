// How the list of users was last looked at in this tab, so that whoever comes back from a person finds it as it was.
import type { UsersSearch } from './users-search.ts'

let last: UsersSearch = {}

export function keepList(search: UsersSearch): void {
  last = search
}

export function lastList(): UsersSearch {
  return last
}
