import type { Room } from './mutant.ts'

export const audit: Room = {
  tests: ['server/administration/audit-log/audit-log.test.ts'],
  mutants: [
    {
      breaks: 'What happened is neither changed nor removed by a node.',
      file: 'migrations/0006-isolation.sql',
      find: "if each <> 'audit_event' then",
      replace: 'if true then',
      tests: ['test/isolation.test.ts'],
    },
    {
      breaks: 'Who reaches some teams sees what was done to these.',
      file: 'server/administration/audit-log/store.ts',
      find: '  if (teams && !byTeams) left.push(sql`subject.team_id = ${teams}`)\n',
      replace: '',
    },
    {
      breaks: 'The audit is read by who may.',
      file: 'server/administration/audit-log/read-audit.ts',
      find: "const acting = await actingAccount(tx, accountId, 'audit.view')",
      replace: "const acting = await actingAccount(tx, accountId, ...([] as unknown as ['audit.view']))",
      tests: ['test/operations.test.ts'],
    },
    {
      breaks: 'Who takes the audit away stands in it.',
      file: 'server/administration/audit-log/export-audit.ts',
      find: "    await record(tx, { event: 'audit_exported', actor, caller, detail: { format, filter } })\n",
      replace: '',
    },
    {
      breaks: 'Each word of a search stands somewhere in the event.',
      file: 'server/administration/audit-log/store.ts',
      find: 'select bool_and(concat_ws',
      replace: 'select bool_or(concat_ws',
    },
    {
      breaks: 'No event is on two pages.',
      file: 'server/administration/audit-log/store.ts',
      find: "(e.at, e.id) < ('epoch'",
      replace: "(e.at, e.id) <= ('epoch'",
    },
    {
      breaks: 'What somebody typed keeps no event out of the audit.',
      file: 'server/audit/store.ts',
      find: "value.toWellFormed().replaceAll('\\0', '\\ufffd')",
      replace: 'value',
      tests: ['server/audit/audit.test.ts'],
    },
    {
      breaks: 'The audit says from where something was done.',
      file: 'server/audit/store.ts',
      find: 'address: caller?.address ?? null,\n',
      replace: 'address: null,\n',
      tests: ['server/audit/audit.test.ts'],
    },
  ],
}
