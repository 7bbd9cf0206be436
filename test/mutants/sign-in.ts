import type { Room } from './mutant.ts'

const room = 'server/sign-in'
const takeOver = [`${room}/take-over.test.ts`]
const steps = [`${room}/steps.test.ts`]

export const signIn: Room = {
  tests: [`${room}/sign-in.test.ts`],
  mutants: [
    {
      breaks: 'The usual login starts nothing for an account that was disabled meanwhile.',
      file: 'sql/routines/log_in_at_once.sql',
      find: 'where id = proven_account and enabled and credential_version',
      replace: 'where id = proven_account and credential_version',
    },
    {
      breaks: 'The usual login starts nothing with credentials that have been replaced.',
      file: 'sql/routines/log_in_at_once.sql',
      find: 'and credential_version = proven_version\n',
      replace: '\n',
    },
    {
      breaks: 'The usual login goes round no step that is open.',
      file: 'sql/routines/log_in_at_once.sql',
      find: "and open_steps = '{}' for",
      replace: 'for',
      tests: [...steps, 'server/sign-in/session-rules.test.ts', `${room}/sign-in.test.ts`],
    },
    {
      breaks: 'The closer look starts nothing for an account that was disabled meanwhile.',
      file: `${room}/finish-sign-in.ts`,
      find: 'account === undefined || !account.enabled || account.credentialVersion',
      replace: 'account === undefined || account.credentialVersion',
    },
    {
      breaks: 'The closer look starts nothing with credentials that have been replaced.',
      file: `${room}/finish-sign-in.ts`,
      find: '|| !account.enabled || account.credentialVersion !== signIn.credentialVersion) {',
      replace: '|| !account.enabled) {',
    },
    {
      breaks: 'A session is moved only where the Administrator lets people do it.',
      file: `${room}/finish-sign-in.ts`,
      find: 'moves: mayMove ? moves : undefined',
      replace: 'moves',
      tests: takeOver,
    },
    {
      breaks: 'A login that is held up stands in the audit.',
      file: `${room}/finish-sign-in.ts`,
      find: "  await record(tx, {\n    event: hold.answer === 'asks' ? 'login_pending' : 'login_refused',",
      replace:
        "  if (hold.answer === 'asks') await record(tx, {\n    event: hold.answer === 'asks' ? 'login_pending' : 'login_refused',",
      tests: [`${room}/sign-in.test.ts`, `${room}/session-rules.test.ts`],
    },
    {
      breaks: 'A sign-in that waits goes on within a quarter of an hour, or not at all.',
      file: `${room}/store.ts`,
      find: ".where('expiresAt', '>', sql<Date>`clock_timestamp()`)\n    .returning(['id'",
      replace: ".where('expiresAt', '>', sql<Date>`clock_timestamp() - interval '25 hours'`)\n    .returning(['id'",
    },
    {
      breaks: 'Nobody is shown a step that has expired.',
      file: `${room}/store.ts`,
      find: ".where('signIn.expiresAt', '>', sql<Date>`now()`)",
      replace: '',
    },
    {
      breaks: 'A sign-in that waits goes on once.',
      file: `${room}/store.ts`,
      find: "    .where('usedAt', 'is', null)\n    .where('expiresAt', '>', sql<Date>`clock_timestamp()`)\n    .returning(['id'",
      replace: "    .where('expiresAt', '>', sql<Date>`clock_timestamp()`)\n    .returning(['id'",
      tests: [`${room}/sign-in.test.ts`, ...takeOver],
    },
    {
      breaks: 'A token of a step is good for that step only.',
      file: `${room}/store.ts`,
      find: ".set({ usedAt: sql`now()` })\n    .where('tokenHash', '=', tokenHash)\n    .where('step', '=', step)\n",
      replace: ".set({ usedAt: sql`now()` })\n    .where('tokenHash', '=', tokenHash)\n",
      tests: [...takeOver, ...steps, `${room}/sign-in.test.ts`],
    },
    {
      breaks: 'Who is disabled is not shown the step that waits.',
      file: `${room}/store.ts`,
      find: "    .where('account.enabled', '=', true)\n",
      replace: '',
    },
    {
      breaks: 'A sign-in that waits is void once the account has other credentials.',
      file: `${room}/store.ts`,
      find: ".set({ usedAt: sql`now()` })\n    .where('tokenHash', '=', tokenHash)\n    .where('step', '=', step)\n    .where('credentialVersion', '=', credentialVersion)\n",
      replace: ".set({ usedAt: sql`now()` })\n    .where('tokenHash', '=', tokenHash)\n    .where('step', '=', step)\n",
    },
    {
      breaks: 'A move is confirmed within a minute.',
      file: `${room}/store.ts`,
      find: 'other_session: 1,',
      replace: 'other_session: 15,',
      tests: takeOver,
    },
    {
      breaks: 'What a page of a step names is what goes on.',
      file: `${room}/waiting-sign-in.ts`,
      find: '  if (owner.id !== id) throw otherPersonsPage()\n',
      replace: '',
      tests: steps,
    },
    {
      breaks: 'A step is taken with the account enabled.',
      file: `${room}/waiting-sign-in.ts`,
      find: 'if (!account?.enabled) throw loginExpired()\n  return {',
      replace: 'if (!account) throw loginExpired()\n  return {',
      tests: [`${room}/sign-in.test.ts`, ...takeOver],
    },
    {
      breaks: 'An expired password asks for another one.',
      file: `${room}/steps.ts`,
      find: "state === 'lasting' || state === 'none') return undefined",
      replace: "state === 'lasting' || state === 'none' || state === 'expired') return undefined",
      tests: ['server/authenticators/passwords/rules-in-force.test.ts'],
    },
    {
      breaks: 'An initial password whose hours are over opens nothing.',
      file: `${room}/steps.ts`,
      find: "if (!shownPassword(facts) || state !== 'expired_initial') return undefined",
      replace: "if (!shownPassword(facts) || state !== 'lasting') return undefined",
    },
    {
      breaks: 'The dates and hours of an account come before everything else.',
      file: `${room}/steps.ts`,
      find: '[accountWindow, initialPassword, secondFactor, enrolment, ownPassword, otherSession, seat]',
      replace: '[initialPassword, secondFactor, enrolment, ownPassword, otherSession, seat]',
      tests: [...steps, `${room}/session-rules.test.ts`, `${room}/sign-in.test.ts`],
    },
    {
      breaks: 'A step that says nothing of the usual login makes every login go the long way.',
      file: `${room}/steps.ts`,
      find: 'step.usual !== undefined && (step.usual',
      replace: '(step.usual',
      tests: steps,
    },
    {
      breaks: 'A choice of a password knows whose name it must not be.',
      file: `${room}/choose-password.ts`,
      find: 'const named = { username, fullName, instanceName: instance.name }',
      replace: "const named = { username: '', fullName: '', instanceName: '' }",
      tests: ['test/password-paths.test.ts'],
    },
    {
      breaks: 'A person is told by mail that a password was chosen.',
      file: `${room}/choose-password.ts`,
      find: "    await tellByMail(tx, 'password_changed', [account], actor, caller)\n",
      replace: '',
      tests: ['server/outward/messages/notices.test.ts'],
    },
    {
      breaks: 'A refused login counts as a wrong password.',
      file: `${room}/log-in.ts`,
      find: "await settleAttempt(tx, attempt, 'wrong')",
      replace: "if (attempt.admitted) await settleAttempt(tx, attempt, 'wrong')",
      tests: ['server/authenticators/passwords/attempts.test.ts'],
    },
    {
      breaks: 'Who types another name than that of the session is not led into it.',
      file: `${room}/sign-in.ts`,
      find: 'if (isOther(session, username)) throw anotherIsLoggedIn()\n        // Logging',
      replace: '// Logging',
      tests: ['server/sessions/sessions.test.ts'],
      named: 'that of somebody else is refused',
    },
  ],
}
