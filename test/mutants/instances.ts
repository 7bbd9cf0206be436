import type { Mutant, Room } from './mutant.ts'

const isolation = ['test/isolation.test.ts']
const policies = ['test/policies.test.ts']
const own = 'using (instance_id = current_instance_id())'

/** A policy that shows every instance what is of one. */
function shown(file: string, breaks: string): Mutant {
  return { breaks, file: `migrations/${file}`, find: own, replace: 'using (true)', tests: policies }
}

export const instances: Room = {
  tests: isolation,
  mutants: [
    {
      breaks: 'A node forgets within a second what it knows of a host name.',
      file: 'server/instances/instances.ts',
      find: 'const keptMilliseconds = 1000',
      replace: 'const keptMilliseconds = 60_000',
    },
    {
      breaks: 'A name of another host than localhost leads to no instance by its name.',
      file: 'server/instances/instances.ts',
      find: "byNameToo && hostname.endsWith('.localhost')",
      replace: "hostname.endsWith('.localhost')",
    },
    {
      breaks: 'A host name is one whatever its case.',
      file: 'server/instances/instances.ts',
      find: 'return host?.[1]?.toLowerCase()',
      replace: 'return host?.[1]',
    },
    {
      breaks: 'An unknown host is answered by no instance.',
      file: 'sql/routines/find_instance.sql',
      find: 'where hostname = by_hostname or name = by_name order',
      replace: 'order',
    },
    {
      breaks: 'A node sees the instance that it asks for, and no other.',
      file: 'migrations/0001-instances.sql',
      find: 'using (id = current_instance_id() or hostname =',
      replace: 'using (true or hostname =',
    },
    {
      breaks: 'A transaction that names no instance sees none.',
      file: 'sql/routines/current_instance_id.sql',
      find: "nullif(current_setting('gatehouse.instance_id', true), '')::uuid;",
      replace:
        "coalesce(nullif(current_setting('gatehouse.instance_id', true), '')::uuid, '00000000-0000-4000-8000-00000000000a');",
      tests: policies,
    },
    {
      breaks: 'A row of accounts is that of one instance.',
      file: 'migrations/0008-administration.sql',
      find: 'alter policy own on account using (instance_id = (select current_instance_id()));',
      replace: 'alter policy own on account using (true);',
      tests: policies,
    },
    {
      breaks: 'A row of passwords is that of one instance.',
      file: 'migrations/0008-administration.sql',
      find: 'alter policy own on password using (instance_id = (select current_instance_id()));',
      replace: 'alter policy own on password using (true);',
      tests: policies,
    },
    {
      breaks: 'A row of sessions is that of one instance.',
      file: 'migrations/0021-live-channel.sql',
      find: 'alter policy own on session using (instance_id = (select current_instance_id()));',
      replace: 'alter policy own on session using (true);',
      tests: policies,
    },
    {
      breaks: 'A row of the audit is that of one instance.',
      file: 'migrations/0026-audit-log.sql',
      find: 'alter policy own on audit_event using (instance_id = (select current_instance_id()));',
      replace: 'alter policy own on audit_event using (true);',
      tests: policies,
    },
    {
      breaks: 'The rules are those of one instance.',
      file: 'migrations/0014-rules.sql',
      find: `create policy own on rules ${own}`,
      replace: 'create policy own on rules using (true)',
      tests: policies,
    },
    {
      breaks: 'Former passwords are those of one instance.',
      file: 'migrations/0014-rules.sql',
      find: `create policy own on password_history ${own}`,
      replace: 'create policy own on password_history using (true)',
      tests: policies,
    },
    {
      breaks: 'Nobody adds what belongs to another instance.',
      file: 'migrations/0009-messages.sql',
      find: 'with check (instance_id = current_instance_id())',
      replace: 'with check (true)',
      tests: policies,
    },
    shown('0006-isolation.sql', 'The tables of the first version are those of one instance.'),
    shown('0009-messages.sql', 'Messages are those of one instance.'),
    shown('0011-imports.sql', 'Imports and their rows are those of one instance.'),
    shown('0016-recovery.sql', 'The tables of recovery are those of one instance.'),
    shown('0018-seats.sql', 'Seats and refusals are those of one instance.'),
    shown('0032-recovery-shares.sql', 'The links of networks are those of one instance.'),
  ],
}
