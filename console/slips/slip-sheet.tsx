import { useQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { encode } from 'uqr'
import type { Language } from '../../contracts/languages.ts'
import { call } from '../app/api.ts'
import { formatMoment, isLanguage, pageLanguage, textsIn } from '../app/texts.ts'
import type { Slip } from './kept-slips.ts'
import './slips.css'

type Instance = { name: string; url: string }
export type SlipTexts = { language: Language; t: TFunction }
type SlipSheetProps = { slip: Slip; instance: Instance; texts: SlipTexts; children?: ReactNode }

/** One slip: where, who, what, until when, and what to do. `children` stand below, for what else is handed over with it. */
export function SlipSheet({ slip, instance, texts: { language, t }, children }: SlipSheetProps) {
  return (
    <article className="slip" lang={language} aria-label={slip.fullName}>
      <header>
        <div>
          <h2>{instance.name}</h2>
          <p className="address">{instance.url}</p>
        </div>
        <QrCode text={instance.url} label={t('slips.qr')} />
      </header>
      <p className="person">{slip.fullName}</p>
      <dl>
        <dt>{t('common:username')}</dt>
        <dd>{slip.username}</dd>
        <dt>{t('slips.initial_password')}</dt>
        <dd className="password">{slip.initialPassword}</dd>
        <dt>{t('slips.valid_until')}</dt>
        <dd className="until">
          {formatMoment(slip.expiresAt ?? '', slip.timeZone, language)} ({slip.timeZone})
        </dd>
      </dl>
      <ol className="steps">
        <li>{t('slips.step_open')}</li>
        <li>{t('slips.step_type')}</li>
        <li>{t('slips.step_choose')}</li>
      </ol>
      {children}
    </article>
  )
}

/** A code sheet, as small as it can be read: it belongs into a pocket. */
export function CodeSheet({ slip, instance, texts: { t, language } }: SlipSheetProps) {
  return (
    <article className="slip codes" lang={language} aria-label={`${t('slips.codes')}: ${slip.fullName}`}>
      <p className="person">
        {instance.name} · {slip.fullName} ({slip.username})
      </p>
      <p className="fine">{t('slips.codes_use')}</p>
      <ol>
        {slip.codes?.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
    </article>
  )
}

export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, data } = encode(text, { border: 2 })
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path d={`M0 0h${size}v${size}h-${size}z`} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

/** What slips say around their secrets: the instance, and the texts by the language of their person. Undefined until it is there. */
export function useSlipWords(slips: readonly Slip[]) {
  const { data: choices } = useQuery({
    queryKey: ['accounts', 'choices'],
    queryFn: ({ signal }) => call('GET /api/accounts/choices', { signal }),
  })
  const languages = [...new Set(slips.map(({ language }) => language))]
  const { data: texts } = useQuery({
    queryKey: ['slips', 'texts', ...languages],
    queryFn: async () =>
      new Map(
        await Promise.all(
          languages.map(async (language) => [language, await textsFor(language, choices!.instance.language)] as const),
        ),
      ),
    enabled: choices !== undefined,
  })
  return choices && texts && { instance: choices.instance, textsOf: (slip: Slip): SlipTexts => texts.get(slip.language)! }
}

/** A slip speaks the language of its person, else the instance's. */
async function textsFor(language: string | null, otherwise: string): Promise<SlipTexts> {
  const code = isLanguage(language) ? language : isLanguage(otherwise) ? otherwise : pageLanguage()
  return { language: code, t: await textsIn(code) }
}
