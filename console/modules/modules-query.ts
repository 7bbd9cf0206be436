import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type Answer, type Body, call } from '../app/api.ts'

export type ModuleList = Answer<'GET /api/modules'>
export type Module = ModuleList['modules'][number]
export type ModuleValues = Omit<Body<'POST /api/modules'>, 'kind'>

export function useModules() {
  return useQuery({ queryKey: ['modules'], queryFn: ({ signal }) => call('GET /api/modules', { signal }) })
}

/** Has everything that is shown of modules asked for anew. */
export function useModulesChanged(): () => Promise<void> {
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: ['modules'] })
}

/** What somebody says of a module, without what the server knows besides. */
export function valuesOf(module: Module): ModuleValues {
  const { name, enabled, address, onHome, redirectAddresses, afterLogoutAddresses, logoutAddress } = module
  const { signing, withoutPkce, profiles, teams, landing } = module
  return {
    name,
    enabled,
    address,
    onHome,
    redirectAddresses,
    afterLogoutAddresses,
    logoutAddress,
    signing,
    withoutPkce,
    profiles,
    teams,
    landing,
  }
}

export const noValues: ModuleValues = {
  name: '',
  enabled: true,
  address: null,
  onHome: true,
  redirectAddresses: [],
  afterLogoutAddresses: [],
  logoutAddress: null,
  signing: 'ES256',
  withoutPkce: false,
  profiles: [],
  teams: [],
  landing: [],
}
