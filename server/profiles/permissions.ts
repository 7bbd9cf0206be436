// The permission catalogue: every area of the console, and what can be done there.

export const permissions = {
  'accounts.view': 'See the accounts',
  'accounts.create': 'Create accounts',
  'accounts.update': 'Change, enable and disable accounts',
  'accounts.delete': 'Remove accounts',
  'accounts.import': 'Import accounts from a spreadsheet',
  'accounts.export': 'Export the list of accounts',
  'accounts.new-password': 'Give an account a new initial password',
  'profiles.view': 'See the profiles',
  'profiles.manage': 'Create, change and remove profiles',
  'teams.view': 'See the teams',
  'teams.manage': 'Create, change and remove teams',
  'sessions.view': 'See who is logged in',
  'sessions.end': 'End a session',
  'requests.answer': 'Answer recovery requests',
  'rules.view': 'See the rules',
  'rules.manage': 'Change the rules',
  'audit.view': 'Read the audit',
} as const

export type Permission = keyof typeof permissions

/** The profiles that every instance begins with. A supervisor's reach is further bound to the own teams. */
export const builtInProfiles: Record<'Administrator' | 'Supervisor' | 'Agent', readonly Permission[]> = {
  Administrator: Object.keys(permissions) as Permission[],
  Supervisor: ['accounts.view', 'accounts.new-password', 'teams.view', 'sessions.view', 'sessions.end', 'requests.answer'],
  Agent: [],
}
