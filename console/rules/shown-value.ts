import { useTranslation } from 'react-i18next'
import { type Language, languages } from '../../contracts/languages.ts'
import { formatNumber } from '../app/texts.ts'
import type { Rule } from './draft.ts'

/** A value as people read it, with its unit. */
export function useShownValue() {
  const { t } = useTranslation()
  return ({ kind, unit }: Pick<Rule, 'kind' | 'unit'>, value: unknown): string => {
    if (kind === 'switch') return t(value ? 'rules:on' : 'rules:off')
    if (kind === 'languages') return (value as Language[]).map((code) => languages[code].name).join(', ')
    if (unit === 'power_of_ten') return `10^${value}`
    return `${formatNumber(value as number)} ${t(`rules:unit.${unit}`)}`
  }
}
