import bowser from 'bowser'

/** Every name that can be told. What bowser does not know it would call by its own words, which are whatever a stranger has sent. */
const names: ReadonlySet<string> = new Set([...Object.values(bowser.BROWSER_MAP), ...Object.values(bowser.OS_MAP)])

/** What a browser calls itself, for people to recognise it by: "Chrome, Windows". Anything can be claimed here, in these names only. */
export function describeDevice(userAgent: string | undefined): string {
  const { browser, os } = bowser.parse((userAgent ?? '').slice(0, 500) || '-')
  return [browser.name, os.name].filter((part) => part !== undefined && names.has(part)).join(', ')
}
