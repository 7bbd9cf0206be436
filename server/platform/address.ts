// Network addresses: as browsers and proxies write them, as they are stored, and as they count.
import { isIP, isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Where a network translates IPv4 into IPv6, the last 32 bits are the IPv4 address. Source: RFC 6052, 2.1. */
const translated = ipaddr.parseCIDR('64:ff9b::/96')
const linkLocal = ipaddr.parseCIDR('fe80::/10')

/**
 * An address in its one form, from any of those in which proxies and sockets write it: with a port, in brackets, in quotes, with a zone
 * (which means nothing beyond the machine that names it), or as IPv4 inside IPv6. Undefined for what is no address.
 * Sources: RFC 4007, 11; RFC 7239, 6.
 */
export function readAddress(text: string): string | undefined {
  // Nearly all of them; and they need no parsing, which costs more than many a request does.
  if (isIPv4(text)) return text
  const bare = text.trim().replace(/^"(.*)"$/, '$1')
  const [, inBrackets, withPort] = /^\[([^\]]*)\](?::\d{1,5})?$|^([\d.]+):\d{1,5}$/.exec(bare) ?? []
  const [address = ''] = (inBrackets ?? withPort ?? bare).split('%')
  if (isIP(address) === 0) return undefined
  const read = ipaddr.process(address)
  if (read.kind() === 'ipv6' && read.match(translated)) return ipaddr.fromByteArray(read.toByteArray().slice(12)).toString()
  return read.toString()
}

/** Whether an address, in any form, is in one of these ranges. */
export function isIn(ranges: readonly string[]): (address: string | undefined) => boolean {
  const parsed = ranges.map((range) =>
    range.includes('/') ? ipaddr.parseCIDR(range) : ipaddr.parseCIDR(`${range}/${isIPv4(range) ? 32 : 128}`),
  )
  return (text) => {
    // A socket that is closed has none.
    const address = readAddress(text ?? '')
    if (address === undefined) return false
    const read = ipaddr.parse(address)
    const asIpv6 = read.kind() === 'ipv4' ? (read as ipaddr.IPv4).toIPv4MappedAddress() : read
    return parsed.some((range) =>
      range[0].kind() === read.kind() ? read.match(range) : asIpv6.kind() === range[0].kind() && asIpv6.match(range),
    )
  }
}

/** Whether an address, in any form, is one that the whole Internet knows: not of this machine, of a network inside, or of no host. */
export function isPublicAddress(text: string): boolean {
  const address = readAddress(text)
  return address !== undefined && ipaddr.parse(address).range() === 'unicast'
}

/** The network that an address is in, as far as one stranger may be at home there: an IPv4 /24, or an IPv6 /48. */
export function networkOf(ip: string): string {
  const address = ipaddr.process(ip)
  const bits = address.kind() === 'ipv4' ? 24 : 48
  const network = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  return `${network.networkAddressFromCIDR(`${address.toString()}/${bits}`).toString()}/${bits}`
}

/**
 * The unit by which an address is limited: an IPv4 address, or the /64 of an IPv6 one, which is what one customer has. An IPv4 address
 * inside IPv6 counts as what it is; and a link-local address alone, because all of a floor has the same /64.
 */
export function limitedAddress(ip: string): string {
  const address = ipaddr.process(ip)
  if (address.kind() === 'ipv4' || address.match(linkLocal)) return address.toString()
  const network = (address as ipaddr.IPv6).parts.map((part, index) => (index < 4 ? part : 0))
  return `${new ipaddr.IPv6(network).toString()}/64`
}
