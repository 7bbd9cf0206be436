import ipaddr from 'ipaddr.js'

/** The network that an address is in, as far as one stranger may be at home there: an IPv4 /24, or an IPv6 /48. */
export function networkOf(ip: string): string {
  const address = ipaddr.process(ip)
  const bits = address.kind() === 'ipv4' ? 24 : 48
  const network = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  return `${network.networkAddressFromCIDR(`${address.toString()}/${bits}`).toString()}/${bits}`
}

/**
 * The unit by which an address is limited: an IPv4 address, or the /64 of an IPv6 one, which is what one customer has.
 * An IPv4 address inside IPv6 counts as what it is.
 */
export function limitedAddress(ip: string): string {
  const address = ipaddr.process(ip)
  if (address.kind() === 'ipv4') return address.toString()
  const network = (address as ipaddr.IPv6).parts.map((part, index) => (index < 4 ? part : 0))
  return `${new ipaddr.IPv6(network).toString()}/64`
}
