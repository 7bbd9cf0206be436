// The addresses of a module: what may be registered. Comparing is exact, so what could be read in two ways is refused here.
// Sources: RFC 9700, 2.1 and 4.1; RFC 8252, 7 and 8.
import type { ModuleKind } from '../../../contracts/modules.ts'
import { isLocalhost, isLoopback } from '../../config.ts'

const longest = 2000

/** What is wrong with an address that people are sent back to; undefined when nothing is. */
export function redirectFault(text: string, kind: ModuleKind): string | undefined {
  if (kind !== 'program') return pageFault(text)
  const plain = plainFault(text)
  if (plain !== undefined) return plain
  const { protocol, hostname } = new URL(text)
  if (protocol === 'https:') return undefined
  // On the machine itself, at whatever port is free there; by numbers, which no resolver can lead elsewhere.
  if (protocol === 'http:') return isLoopback(hostname) && hostname !== 'localhost' ? undefined : 'address_not_loopback'
  // A scheme of its own is a domain name backwards, so that no two programs have the same.
  return /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:\/[^/]/.test(text) ? undefined : 'address_scheme'
}

/** What is wrong with the address of a page; undefined when nothing is. */
export function pageFault(text: string): string | undefined {
  const plain = plainFault(text)
  if (plain !== undefined) return plain
  const { protocol, hostname } = new URL(text)
  if (protocol === 'https:') return undefined
  return protocol === 'http:' && (isLocalhost(hostname) || isLoopback(hostname)) ? undefined : 'address_not_https'
}

/** What is wrong with the address of a module behind a proxy, which is told by its host alone; undefined when nothing is. */
export function hostFault(text: string): string | undefined {
  return pageFault(text) ?? (/^https?:\/\/[^/?]+\/?$/.test(text) ? undefined : 'address_not_host')
}

function plainFault(text: string): string | undefined {
  if (text.length > longest) return 'too_long'
  // What a browser would mend, such as a backslash or a tab, could be compared as one thing and opened as another.
  if (!/^[\x21-\x7e]+$/.test(text) || /[\\*"<>^`{|}]/.test(text) || !URL.canParse(text)) return 'address_invalid'
  const { username, password, hash, href, pathname } = new URL(text)
  if (username !== '' || password !== '' || hash !== '' || text.includes('#')) return 'address_invalid'
  if (/(^|\/)\.\.?(\/|$)/.test(decodeSafely(text.replace(/[?].*$/, '')).replace(/^[^:]+:\/\/[^/]*/, ''))) return 'address_invalid'
  // As it is written it is also opened; but the slash after the host may be left out.
  return href === text || (pathname === '/' && href.replace('/', '') === text.replace('/', '')) || href === `${text}/`
    ? undefined
    : 'address_invalid'
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return '/../'
  }
}
