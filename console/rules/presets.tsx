// Sets of values with a name: how Gatehouse is delivered, which is what NIST asks for where its clauses speak of it, and what was chosen.
import { useTranslation } from 'react-i18next'
import type { HeldRules, Rule, UsedDraft } from './draft.ts'

export function Presets({ rules, held, used }: { rules: readonly Rule[]; held: HeldRules; used: UsedDraft }) {
  const { t } = useTranslation()
  // Which languages people read, and whether they may move their session, is nothing that the clauses speak of.
  const numbers = rules.filter(({ kind }) => kind === 'number')
  const isNist = numbers.every(({ name, default: standard }) => used.draft.values[name] === standard)
  const ownIsNist = numbers.every(({ name, default: standard }) => held.values[name] === standard)
  const choose = (values: (rule: Rule) => unknown) => {
    for (const rule of numbers) used.setValue(rule.name, values(rule) as number)
  }
  return (
    <fieldset className="views">
      <legend>{t('rules:preset.title')}</legend>
      <button type="button" aria-pressed={isNist} onClick={() => choose((rule) => rule.default)}>
        {t(numbers.some(({ clause }) => clause) ? 'rules:preset.nist' : 'rules:preset.delivered')}
      </button>
      <button
        type="button"
        aria-pressed={!isNist}
        disabled={isNist && ownIsNist}
        onClick={() => choose(({ name }) => held.values[name])}
      >
        {t('rules:preset.own')}
      </button>
    </fieldset>
  )
}
