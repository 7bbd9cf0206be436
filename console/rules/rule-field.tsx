import { Alert, Checkbox, Group, NumberInput, Stack, Switch, Text, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { languages } from '../../contracts/languages.ts'
import { longestReason } from '../../contracts/rules.ts'
import { formatNumber } from '../app/texts.ts'
import { needsReason, type Rule, type Value } from './draft.ts'
import { useShownValue } from './shown-value.ts'

type RuleFieldProps = {
  rule: Rule
  value: Value
  reason: string
  error?: string | undefined
  reasonError?: string | undefined
  /** What somebody else has set meanwhile, where it is not what stands here. */
  holdsNow?: Value | undefined
  onValue: (value: Value) => void
  onReason: (reason: string) => void
}

/** One setting: what it does, its range and default, and the reason where it goes against a clause. */
export function RuleField({ rule, value, reason, error, reasonError, holdsNow, onValue, onReason }: RuleFieldProps) {
  const { t } = useTranslation()
  const shown = useShownValue()
  const { name, kind, clause } = rule
  const range =
    kind === 'number'
      ? t('rules:range', {
          least: formatNumber(rule.least!),
          most: formatNumber(rule.most!),
          standard: shown(rule, rule.default),
        })
      : t('rules:default_is', { standard: shown(rule, rule.default) })
  const common = {
    label: t(`rules:rule.${name}.name`),
    description: `${t(`rules:rule.${name}.does`)} ${range}`,
    error: error && t(`faults:${error}`),
  }
  return (
    <Stack gap="xs" data-rule={name}>
      {kind === 'number' && (
        <NumberInput
          {...common}
          name={`values.${name}`}
          value={value as number | ''}
          onChange={(next) => onValue(typeof next === 'number' ? next : '')}
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="none"
          min={rule.least}
          max={rule.most}
          thousandSeparator=" "
          maw={420}
          {...(rule.unit === 'power_of_ten' ? { prefix: '10^' } : { suffix: ` ${t(`rules:unit.${rule.unit}`)}` })}
        />
      )}
      {kind === 'switch' && (
        <Switch
          {...common}
          name={`values.${name}`}
          checked={value as boolean}
          onChange={(event) => onValue(event.currentTarget.checked)}
        />
      )}
      {kind === 'languages' && (
        <Checkbox.Group {...common} value={value as string[]} onChange={onValue}>
          <Group mt="xs">
            {Object.entries(languages).map(([code, { name: own }]) => (
              <Checkbox key={code} name={`values.${name}`} value={code} label={<span lang={code}>{own}</span>} />
            ))}
          </Group>
        </Checkbox.Group>
      )}
      {holdsNow !== undefined && (
        <Text size="sm" fw={600}>
          {t('rules:holds_now', { value: shown(rule, holdsNow) })}
        </Text>
      )}
      {clause && needsReason(rule, value) && (
        <Alert color="yellow" variant="outline" maw={640} title={t('rules:against', { clauses: clause.clauses.join('; ') })}>
          <Textarea
            label={t('rules:reason')}
            aria-label={`${t('rules:reason')}: ${common.label}`}
            description={t('rules:reason_why')}
            name={`reasons.${name}`}
            required
            autosize
            minRows={2}
            maxLength={longestReason}
            value={reason}
            onChange={(event) => onReason(event.currentTarget.value)}
            error={reasonError && t(`faults:${reasonError}`)}
          />
        </Alert>
      )}
    </Stack>
  )
}
