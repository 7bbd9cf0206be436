import type { Room } from './mutant.ts'

const room = 'server/credentials'

export const credentials: Room = {
  tests: [`${room}/credentials.test.ts`],
  mutants: [
    {
      breaks: 'To change an address takes the permission to give new passwords.',
      file: `${room}/change-accounts.ts`,
      find: "if (newAddress.length > 0 && acting !== 'operator' && !mayChangeAddress(acting)) throw addressTakesNewPassword()",
      replace: '',
    },
    {
      breaks: 'The former address hears that it is none any more.',
      file: `${room}/change-accounts.ts`,
      find: "  await tellByMail(tx, 'email_changed', newAddress, actor, caller)\n",
      replace: '',
    },
    {
      breaks: 'The new address hears that it is one.',
      file: `${room}/change-accounts.ts`,
      find: "  await tellByMail(tx, 'email_changed_here', atNewAddress, actor, caller)\n",
      replace: '',
    },
    {
      breaks: 'A change of an account stands in the audit.',
      file: `${room}/change-accounts.ts`,
      find: "  await recordMany(tx, 'account_changed', actor, rows, caller)\n",
      replace: '',
      tests: ['test/audited.test.ts'],
    },
    {
      breaks: 'Disabling ends the session.',
      file: `${room}/enable-account.ts`,
      find: "  if (!enabled) await endSession(tx, accountId, 'account_disabled', actor, caller)\n",
      replace: '',
      tests: ['server/sessions/sessions.test.ts'],
    },
    {
      breaks: 'A new initial password ends the session.',
      file: `${room}/give-initial-password.ts`,
      find: "  await endSession(tx, accountId, 'new_initial_password', actor, caller)\n",
      replace: '',
      tests: ['server/sign-in/sign-in.test.ts', 'server/administration/users/users.test.ts', 'server/sessions/sessions.test.ts'],
    },
    {
      breaks: 'A person is told by mail that they were given a new initial password.',
      file: `${room}/give-initial-password.ts`,
      find: "if (told) await tellByMail(tx, 'new_initial_password', [account], actor, caller)",
      replace: '',
      tests: ['server/outward/messages/notices.test.ts'],
    },
    {
      breaks: 'A new initial password stands in the audit.',
      file: `${room}/give-initial-password.ts`,
      find: "  await record(tx, { event: 'initial_password_made', actor, accountId, caller, detail })\n",
      replace: '',
      tests: ['test/audited.test.ts'],
    },
    {
      breaks: 'Who is removed leaves the ends of their sessions in the audit.',
      file: `${room}/remove-accounts.ts`,
      find: "  for (const { now } of accounts.slice(0, 1)) await endManySessions(tx, ids, 'account_removed', actor, caller, undefined, now)\n",
      replace: '',
      tests: ['server/outward/events/events.test.ts', 'server/sessions/sessions.test.ts'],
    },
    {
      breaks: 'Extending shortens nothing.',
      file: `${room}/extend-validity.ts`,
      find: 'validUntil !== null && validUntil < today.toString() && {',
      replace: 'validUntil !== null && {',
      tests: ['server/administration/desk/desk.test.ts'],
    },
    {
      breaks: 'A session whose end came meanwhile changes no password.',
      file: 'server/home/change-password.ts',
      find: 'if (!(await replaceToken(tx, session.id, hashToken(token)))) throw notSignedIn()',
      replace: 'await replaceToken(tx, session.id, hashToken(token))',
      tests: ['server/home/home.test.ts'],
    },
    {
      breaks: 'A current password that was replaced meanwhile changes nothing.',
      file: 'server/home/change-password.ts',
      find: '|| account.credentialVersion !== proof.credentialVersion)\n',
      replace: ')\n',
      tests: ['server/home/home.test.ts'],
    },
    {
      breaks: 'A change of the password knows whose name it must not be.',
      file: 'server/home/change-password.ts',
      find: 'const owner = { username: session.username, fullName: session.fullName, instanceName: instance.name }',
      replace: "const owner = { username: '', fullName: '', instanceName: '' }",
      tests: ['test/password-paths.test.ts'],
    },
    {
      breaks: 'A change of the password is recorded in its transaction.',
      file: 'server/home/change-password.ts',
      find: "    await record(tx, { event: 'password_changed', actor, accountId, sessionId: session.id, caller })\n",
      replace: '',
      tests: ['server/home/home.test.ts', 'test/audited.test.ts'],
    },
    {
      breaks: 'A change of the password is recorded in no other transaction.',
      file: 'server/home/change-password.ts',
      find: "    await record(tx, { event: 'password_changed', actor, accountId, sessionId: session.id, caller })\n",
      replace:
        "    await database.in(instance, (other) => record(other, { event: 'password_changed', actor, accountId, sessionId: session.id, caller }))\n",
      tests: ['test/audited.test.ts'],
    },
    {
      breaks: 'A person is told by mail that their password was changed.',
      file: 'server/home/change-password.ts',
      find: "    await tellByMail(tx, 'password_changed', [account], actor, caller)\n",
      replace: '',
      tests: ['server/outward/messages/notices.test.ts'],
    },
    {
      breaks: 'An initial password does not change the password of a session.',
      file: 'server/home/change-password.ts',
      find: "proof.kind === 'refused' || !['lasting', 'expired'].includes(proof.state)",
      replace: "proof.kind === 'refused'",
      tests: ['server/home/home.test.ts'],
    },
    {
      breaks: 'A wrong current password counts like one at the login.',
      file: 'server/home/change-password.ts',
      find: "proof.kind === 'refused' ? 'wrong' : 'right')",
      replace: "'right')",
      tests: ['server/home/home.test.ts'],
    },
  ],
}
