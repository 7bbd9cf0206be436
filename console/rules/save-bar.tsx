// What would change and whom it meets, always in sight, with the button that does it.
import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Area, HeldRules, Rule, UsedDraft } from './draft.ts'
import { useShownValue } from './shown-value.ts'

type SaveBarProps = { area: Area; held: HeldRules; rules: readonly Rule[]; used: UsedDraft; busy: boolean; onDiscard: () => void }

export function SaveBar({ area, held, rules, used: { draft, isDirty }, busy, onDiscard }: SaveBarProps) {
  const { t } = useTranslation()
  const shown = useShownValue()
  const isNew = held.version === 0
  const changed = rules.filter(({ name }) => JSON.stringify(draft.values[name]) !== JSON.stringify(held.values[name]))
  return (
    <div className="save-bar" data-dirty={isDirty || undefined}>
      {isDirty && (
        <div role="status">
          <Text size="sm" fw={600}>
            {t('rules:unsaved')}
          </Text>
          <ul>
            {changed.map((rule) => (
              <li key={rule.name}>
                {t(`rules:rule.${rule.name}.name`)}: {shown(rule, held.values[rule.name])} →{' '}
                <strong>{draft.values[rule.name] === '' ? '…' : shown(rule, draft.values[rule.name])}</strong>
              </li>
            ))}
          </ul>
          <Text size="sm">{t(`rules:meets.${area}`)}</Text>
        </div>
      )}
      <Group gap="xs">
        <Button type="submit" loading={busy} disabled={!isDirty && !isNew}>
          {t(isDirty || !isNew ? 'rules:save' : 'rules:keep')}
        </Button>
        {isDirty && (
          <Button variant="default" onClick={onDiscard}>
            {t('rules:discard')}
          </Button>
        )}
      </Group>
    </div>
  )
}
