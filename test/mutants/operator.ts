import type { Room } from './mutant.ts'

const doctor = ['server/operator/diagnose.test.ts']
const epoch = ['server/operator/epoch.test.ts']

export const operator: Room = {
  tests: doctor,
  mutants: [
    {
      breaks: 'The doctor finds requests whom no policy binds.',
      file: 'server/operator/diagnose.ts',
      find: 'ok: !role.passesPolicies,',
      replace: 'ok: true,',
    },
    {
      breaks: 'The doctor finds a login role whom no policy binds.',
      file: 'server/operator/diagnose.ts',
      find: 'if (isSuperuser) return { ok: false,',
      replace: 'if (isSuperuser) return { ok: true,',
    },
    {
      breaks: 'The doctor finds a clock that is off.',
      file: 'server/operator/diagnose.ts',
      find: 'ok: skewSeconds <= 60,',
      replace: 'ok: true,',
    },
    {
      breaks: 'The doctor finds zones that PostgreSQL does not know.',
      file: 'server/operator/diagnose.ts',
      find: 'ok: unknownZones.length === 0,',
      replace: 'ok: true,',
    },
    {
      breaks: 'The doctor finds a secret key that others can read.',
      file: 'server/operator/diagnose.ts',
      find: '? { ok: false, says: `${path} can be read by others',
      replace: '? { ok: true, says: `${path} can be read by others',
    },
    {
      breaks: 'The doctor finds an address that leads to no instance.',
      file: 'server/operator/diagnose.ts',
      find: "ok: main?.name === 'main',",
      replace: 'ok: true,',
    },
    {
      breaks: 'The doctor finds a mail server that refuses.',
      file: 'server/operator/diagnose.ts',
      find: 'return { ok: false, says: `${server}: ${(error as Error).message}` }',
      replace: 'return { ok: true, says: `${server}: ${(error as Error).message}` }',
    },
    {
      breaks: 'The doctor finds a Node that is too old.',
      file: 'server/operator/diagnose.ts',
      find: "ok: Number(process.versions.node.split('.')[0]) >= 26,",
      replace: 'ok: true,',
    },
    {
      breaks: 'An epoch ends what opens anything: sessions.',
      file: 'sql/routines/begin_epoch.sql',
      find: 'where account_id = any (these) and ended_at is null) as live',
      replace: 'where false) as live',
      tests: epoch,
    },
    {
      breaks: 'An epoch voids links for a new password.',
      file: 'sql/routines/void_recovery_links.sql',
      find: 'where account_id = any (of_accounts) and ended_at is null returning',
      replace: 'where false returning',
      tests: epoch,
    },
    {
      breaks: 'An epoch voids sign-ins that wait for a step.',
      file: 'sql/routines/void_sign_ins.sql',
      find: 'where account_id = any (of_accounts) and used_at is null returning',
      replace: 'where false returning',
      tests: epoch,
    },
    {
      breaks: 'An epoch voids initial passwords.',
      file: 'sql/routines/void_initial_passwords.sql',
      find: '(initial_hash is not null or must_change_by is not null) returning',
      replace: 'must_change_by is not null returning',
      tests: epoch,
    },
    {
      breaks: 'An epoch voids given passwords.',
      file: 'sql/routines/void_initial_passwords.sql',
      find: '(initial_hash is not null or must_change_by is not null) returning',
      replace: 'initial_hash is not null returning',
      tests: epoch,
    },
    {
      breaks: 'A login that is under way when an epoch begins does not go on.',
      file: 'sql/routines/begin_epoch.sql',
      find: '  perform renew_credentials(whose_links || whose_sign_ins || whose_initial_passwords);\n',
      replace: '',
      tests: epoch,
    },
    {
      breaks: 'An epoch goes through all accounts.',
      file: 'server/operator/begin-epoch.ts',
      find: 'after = last\n',
      replace: 'after = undefined\n',
      tests: epoch,
    },
    {
      breaks: 'An epoch stands in the audit.',
      file: 'server/operator/begin-epoch.ts',
      find: "record(tx, { event: 'epoch_begun', actor: { kind: 'operator' }, detail: total }))",
      replace: 'Promise.resolve(tx))',
      tests: epoch,
    },
  ],
}
