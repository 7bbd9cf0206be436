import bowser from 'bowser'

/** What a browser calls itself, for people to recognise it by: "Chrome, Windows". Anything can be claimed here. */
export function describeDevice(userAgent: string | undefined): string {
  const { browser, os } = bowser.parse((userAgent ?? '').slice(0, 500) || '-')
  return [browser.name, os.name]
    .filter((part) => part !== undefined && part !== '')
    .join(', ')
    .slice(0, 100)
}
