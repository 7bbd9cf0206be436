import type { Permission } from '../../../contracts/permissions.ts'

/**
 * What each is worth: what whoever has it can turn it into. A permission is judged by this and not by its name.
 * docs/permissions.md prints it; server/credentials/credentials.test.ts holds what it says of addresses and passwords.
 */
export const worth: Record<Permission, string> = {
  'accounts.view': 'Names, usernames, addresses and what keeps people out. Not since when and where somebody is logged in.',
  'accounts.all-teams': 'Every other permission about accounts, for everybody in the instance.',
  'accounts.create': 'A second person with at most the own permissions, and the slip to be them.',
  'accounts.update':
    'Keeping anybody within reach out, and letting in who is kept out. Not their address, and so not their account.',
  'accounts.delete': 'Removing somebody for ever; the audit stays.',
  'accounts.import':
    'What `accounts.create` is worth, for many. Changing takes `accounts.update`, and an address `accounts.new-password`, in an import and in taking it back too.',
  'accounts.export': 'All names and addresses within reach, in one file that leaves.',
  'accounts.new-password':
    'The account itself: whoever holds the slip, or with `accounts.update` gives the address to which a link goes, logs in as its person. The person is told by mail where there is an address, and their session ends.',
  'accounts.unlock': 'More guesses in a shorter time, but never more than the rule says in all.',
  'accounts.extend': 'Letting in somebody whose time was over.',
  'accounts.second-factor':
    'Half of an account: whoever has a sheet of it, or says that it is its person, still needs the password. With `accounts.new-password` the account itself. The person is told by mail where there is an address.',
  'profiles.view': 'Who may do what.',
  'profiles.manage': 'Giving everybody who has a profile what one has oneself.',
  'teams.view': 'Who supervises whom.',
  'teams.manage': 'Who supervises a team within reach, and so whose profile counts there.',
  'sessions.view': 'Since when, on what device and at what address people within reach are logged in.',
  'sessions.end': 'Throwing people out; what they have not saved is lost.',
  'requests.answer':
    'Seeing who cannot get in, and refusing them. A new password takes `accounts.new-password` too, as anybody can ask for anybody.',
  'modules.view': 'Which programs people sign in to from here, who may use them, and whether they hear of the ends of sessions.',
  'modules.manage':
    'Where people’s sign-ins are sent and with what: whoever has it can let a program of their own in as anybody who opens it, and shut people out of their work.',
  'rules.view': 'Which passwords are refused and when sessions end.',
  'rules.manage':
    'Weaker passwords and longer sessions for everybody, down to the floors; below a clause only with a reason that stays in the audit.',
  'audit.view': 'Who did what, when and from where, to people within reach.',
  'api.view': 'Nothing that is secret.',
}

/** The part of the console that a permission is about. */
export function areaOf(permission: Permission): string {
  return permission.slice(0, permission.indexOf('.'))
}
