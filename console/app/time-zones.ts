/** Every time zone that browsers know, and the one that is set already. */
export function timeZones(set: string | null): string[] {
  const all = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])
  if (set) all.add(set)
  return [...all]
}
