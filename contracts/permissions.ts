// The permission catalogue: every area of the console, and what can be done there. One table for the routes, the screens and the document.

export const permissions = {
  'accounts.view': 'See the accounts',
  'accounts.all-teams': 'Reach the accounts of all teams, not only of those that one supervises',
  'accounts.create': 'Create accounts',
  'accounts.update': 'Change, enable and disable accounts',
  'accounts.delete': 'Remove accounts',
  'accounts.import': 'Import accounts from a spreadsheet',
  'accounts.export': 'Export the list of accounts',
  'accounts.new-password': 'Give an account a new initial password',
  'accounts.unlock': 'Unlock an account: end its waits after wrong passwords',
  'accounts.extend': 'Let an account whose dates keep it out be valid for some more days',
  'accounts.second-factor': 'Help with the second factor: vouch for somebody, give a new code sheet, reset the factors',
  'profiles.view': 'See the profiles',
  'profiles.manage': 'Create, change and remove profiles',
  'teams.view': 'See the teams',
  'teams.manage': 'Create, change and remove teams',
  'sessions.view': 'See who is logged in',
  'sessions.end': 'End a session',
  'requests.answer': 'Answer recovery requests',
  'modules.view': 'See the modules and what they were told',
  'modules.manage': 'Register, change and remove modules, and give them secrets',
  'rules.view': 'See the rules',
  'rules.manage': 'Change the rules',
  'audit.view': 'Read the audit',
  'api.view': 'Read the documentation of the API',
} as const

export type Permission = keyof typeof permissions

/** The profiles that every instance begins with. Nobody can change them; who wants another one copies it. */
export const builtInProfiles: Record<'Administrator' | 'Supervisor' | 'Agent', readonly Permission[]> = {
  Administrator: Object.keys(permissions) as Permission[],
  Supervisor: [
    'accounts.view',
    'accounts.new-password',
    'accounts.unlock',
    'accounts.second-factor',
    'teams.view',
    'sessions.view',
    'sessions.end',
    'requests.answer',
  ],
  Agent: [],
}

/** The profile of a new account of which nothing else is said. */
export const defaultProfile: keyof typeof builtInProfiles = 'Agent'
