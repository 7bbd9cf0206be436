import { Problem } from '../../platform/problem.ts'

/** Whoever is believed what they say of another host could name any. */
export const proxyNotTrusted = () =>
  new Problem(403, 'proxy_not_trusted', 'Only a proxy that stands in TRUSTED_PROXIES may ask this.')

export const moduleHostUnknown = () => new Problem(403, 'module_host_unknown', 'No module behind a proxy answers at this host.')
