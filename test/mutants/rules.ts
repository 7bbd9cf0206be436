import type { Room } from './mutant.ts'

const editor = ['server/administration/rule-editor/rule-editor.test.ts']
const rulesTest = ['server/rules/rules.test.ts']

export const rules: Room = {
  tests: editor,
  mutants: [
    {
      breaks: 'A rule keeps within its floors.',
      file: 'server/rules/rule-faults.ts',
      find: "      else if (value < rule.least || value > rule.most) refuse(name, 'out_of_range')\n",
      replace: '',
      tests: [...rulesTest, ...editor],
    },
    {
      breaks: 'A rule that goes against a clause needs a reason.',
      file: 'server/rules/rule-faults.ts',
      find: "    if (reason === '') return fault('reason_required')\n",
      replace: '',
      tests: [...rulesTest, ...editor],
    },
    {
      breaks: 'Waits begin before the end of all attempts.',
      file: 'server/rules/rule-faults.ts',
      find: "if (area === 'sign-in' && values.waitsFrom! > values.mostFailures!)",
      replace: "if (area === 'sign-in' && false)",
      tests: [...rulesTest, ...editor],
    },
    {
      breaks: 'A warning comes after the beginning.',
      file: 'server/rules/rule-faults.ts',
      find: 'values.warningMinutes! >= values.idleMinutes!)',
      replace: 'false)',
      tests: [...rulesTest, ...editor],
    },
    {
      breaks: 'Of two who change the rules the second hears of the first.',
      file: 'server/rules/store.ts',
      find: ".where('rules.version', '=', version))",
      replace: ')',
    },
    {
      breaks: 'A change of the rules stands in the audit.',
      file: 'server/administration/rule-editor/change-rules.ts',
      find: "    await record(tx, { event: 'rules_changed', actor, caller, detail: { area: change.area, changes } })\n",
      replace: '',
    },
    {
      breaks: 'The rules are changed by who may.',
      file: 'server/administration/rule-editor/change-rules.ts',
      find: "    await actingAccount(tx, actorId, 'rules.manage')\n    const before",
      replace: '    const before',
      tests: ['test/operations.test.ts'],
    },
    {
      breaks: 'Who asks everybody for a new password stands in the audit.',
      file: 'server/administration/rule-editor/change-rules.ts',
      find: "    await record(tx, { event: 'passwords_expired', actor: { kind: 'account', accountId: actorId }, caller })\n",
      replace: '',
      tests: [...editor, 'test/audited.test.ts'],
    },
    {
      breaks: 'A change of the rules counts within a second.',
      file: 'server/rules/rule-book.ts',
      find: 'const kept = 1000',
      replace: 'const kept = 3_600_000',
      tests: [...rulesTest, ...editor],
    },
    {
      breaks: 'The rules of an instance are its own.',
      file: 'sql/routines/find_rules.sql',
      find: "perform set_config('gatehouse.instance_id', in_instance::text, true);\n  return query select * from rules where instance_id = in_instance;",
      replace:
        "perform set_config('gatehouse.instance_id', in_instance::text, true);\n  return query select * from rules where false;",
    },
  ],
}
