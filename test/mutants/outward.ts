import type { Room } from './mutant.ts'

const messages = ['server/outward/messages/messages.test.ts']
const events = ['server/outward/events/events.test.ts']

export const outward: Room = {
  tests: messages,
  mutants: [
    {
      breaks: 'A message that is not wanted any more is not sent.',
      file: 'server/outward/messages/store.ts',
      find: "    .where((is) => is.or([is('notice', '=', true), is('credentialVersion', '=', credentialVersion)]))\n",
      replace: '',
      named: 'not wanted any more is void',
    },
    {
      breaks: 'A message is sent once.',
      file: 'server/outward/messages/store.ts',
      find: "    .where('state', '=', 'waiting')\n    .where((is)",
      replace: '    .where((is)',
      named: 'down for the whole test',
    },
    {
      breaks: 'A newer message takes the place of the one that waits.',
      file: 'server/outward/messages/store.ts',
      find: "    .where('kind', '=', row.kind)\n    .where('state', '=', 'waiting')\n",
      replace: "    .where('kind', '=', row.kind)\n    .where('state', '=', 'nothing')\n",
      named: 'not wanted any more is void|of two messages',
    },
    {
      breaks: 'What is refused for ever is not tried again.',
      file: 'server/outward/messages/store.ts',
      find: 'when ${permanent} or m.queued_at',
      replace: 'when m.queued_at',
      named: 'refuses for good',
    },
    {
      breaks: 'A message is tried for a day.',
      file: 'server/outward/messages/store.ts',
      find: "const triedFor = sql`interval '1 day'`",
      replace: "const triedFor = sql`interval '100 days'`",
      named: 'tried for a day',
    },
    {
      breaks: 'An account is sent so many messages an hour.',
      file: 'server/outward/messages/store.ts',
      find: '>= mostPerHour) return undefined',
      replace: '>= 1000 * mostPerHour) return undefined',
      tests: ['server/recovery/recovery-link.test.ts'],
      named: 'three links an hour',
    },
    {
      breaks: 'Messages are listed within reach.',
      file: 'server/outward/messages/store.ts',
      find: 'where ${reach} and ${state === undefined',
      replace: 'where ${state === undefined',
      named: 'of the own teams',
    },
    {
      breaks: 'While the mail server is away people keep the password that they have.',
      file: 'server/outward/messages/deliver-message.ts',
      find: '    await mailer.reach()\n',
      replace: '',
      named: 'mail server|taken',
    },
    {
      breaks: 'A mail server that repeats a password brings it into no database.',
      file: 'server/outward/messages/deliver-message.ts',
      find: "error.message.replaceAll(secret, '…')",
      replace: 'error.message',
      named: 'refuses for good|in the log or in the database',
    },
    {
      breaks: 'Who is disabled gets no message.',
      file: 'server/outward/messages/deliver-message.ts',
      find: 'account.enabled ? account.email : null)',
      replace: 'account.email)',
      named: 'not wanted any more is void',
    },
    {
      breaks: 'A notice goes to the address that it was meant for.',
      file: 'server/outward/messages/deliver-message.ts',
      find: 'message.notice ? message.toAddress : ',
      replace: 'message.notice ? account.email : ',
      tests: ['server/outward/messages/notices.test.ts'],
    },
    {
      breaks: 'A message speaks the language of its person.',
      file: 'server/outward/messages/deliver-message.ts',
      find: 'const own = account.language ?? message.instanceLanguage',
      replace: 'const own = message.instanceLanguage',
      tests: [...messages, 'server/outward/messages/message-text.test.ts', 'server/outward/messages/notices.test.ts'],
    },
    {
      breaks: 'Nothing that a transaction under way has written is passed by.',
      file: 'server/outward/events/store.ts',
      find: 'and horizon < now.settled\n',
      replace: '\n',
      tests: events,
    },
    {
      breaks: 'Events come in order.',
      file: 'server/outward/events/store.ts',
      find: '    order by e.horizon, e.id`.execute(tx)',
      replace: '    order by e.id desc`.execute(tx)',
      tests: events,
    },
    {
      breaks: 'An end of a session is told.',
      file: 'server/outward/events/events.ts',
      find: '  session_ended: true,\n',
      replace: '  session_ended: false,\n',
      tests: events,
    },
  ],
}
