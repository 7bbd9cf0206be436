/** A text of an address; undefined when there is none. */
export function searchText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What somebody looks for. The router reads a number in an address as one. */
export function searchWords(value: unknown): string | undefined {
  return searchText(value === undefined ? undefined : String(value))
}
