// The rules of an area read back, as what a person meets; with what is typed, before it is saved.
import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { languages } from '../../contracts/languages.ts'
import { formatNumber, pageLanguage } from '../app/texts.ts'
import type { Area, Draft, HeldRules, RuleName } from './draft.ts'

const kinds = ['minimumLowercase', 'minimumUppercase', 'minimumDigits', 'minimumSymbols'] as const

export function SaidRules({ area, held, draft }: { area: Area; held: HeldRules; draft: Draft }) {
  const { t } = useTranslation()
  // A number that is being typed can be empty for a moment.
  const value = (name: RuleName) => {
    const typed = draft.values[name]
    return Number(typed === '' ? held.values[name] : typed)
  }
  const time = (name: RuleName, unit: 'second' | 'minute' | 'hour' | 'day') => formatTimeSpan(value(name), unit)
  const wanted = kinds.filter((kind) => value(kind) > 0).map((kind) => `${t(`rules:rule.${kind}.name`)} ${value(kind)}`)
  const sentences: Record<Area, string[]> = {
    passwords: [
      t('rules:said.length', { count: value('minimumLength') }),
      ...(wanted.length > 0 ? [t('rules:said.kinds', { kinds: wanted.join(', ') })] : []),
      t('rules:said.guesses', { number: formatNumber(10 ** value('guessesPower')) }),
      t('rules:said.former', { count: value('formerPasswords') }),
      value('expiryDays') === 0 ? t('rules:said.stays') : t('rules:said.expires', { time: time('expiryDays', 'day') }),
    ],
    'sign-in': [
      t('rules:said.waits', { count: value('waitsFrom'), longest: time('longestWaitMinutes', 'minute') }),
      t('rules:said.disabled', { count: value('mostFailures') }),
      t('rules:said.initial', { time: time('initialPasswordHours', 'hour'), link: time('resetLinkMinutes', 'minute') }),
    ],
    sessions: [
      t('rules:said.idle', {
        idle: time('idleMinutes', 'minute'),
        longest: time('longestHours', 'hour'),
        warning: time('warningMinutes', 'minute'),
      }),
      t('rules:said.gone', { grace: time('graceSeconds', 'second'), lease: time('leaseSeconds', 'second') }),
      t(draft.values.endOtherSession ? 'rules:said.moves' : 'rules:said.refused'),
    ],
    retention: [
      t('rules:said.kept', { audit: time('auditDays', 'day'), sessions: time('sessionDays', 'day') }),
      t('rules:said.cleared', {
        requests: time('requestDays', 'day'),
        messages: time('messageDays', 'day'),
        imports: time('importDays', 'day'),
      }),
    ],
  }
  return <Text className="said">{sentences[area].join(' ')}</Text>
}

function formatTimeSpan(value: number, unit: 'second' | 'minute' | 'hour' | 'day'): string {
  const { region } = languages[pageLanguage()]
  return new Intl.NumberFormat(region, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}
