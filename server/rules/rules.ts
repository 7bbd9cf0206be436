// Rules: what the Administrator of an instance demands of passwords, of logging in and of sessions.
// Owns rules. Knows no other feature, so that every other one can ask what holds.
export { type ClauseFinding, complianceOf } from './compliance.ts'
export { openRuleBook, type RuleBook } from './rule-book.ts'
export { breaksClause, defaultRules, namesOf, ruleOf } from './rule-catalogue.ts'
export { type AreaChange, neededReasons, reasonFaults, valueFaults } from './rule-faults.ts'
export {
  expirePasswords,
  findRules,
  findStoredRules,
  type HeldRules,
  lockRules,
  type StoredRules,
  updateRules,
} from './store.ts'
