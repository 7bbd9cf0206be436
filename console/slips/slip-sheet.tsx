import type { TFunction } from 'i18next'
import { encode } from 'uqr'
import type { Language } from '../../contracts/languages.ts'
import { formatMoment } from '../app/texts.ts'
import type { Slip } from './kept-slips.ts'

type SlipSheetProps = { slip: Slip; instance: { name: string; url: string }; texts: { language: Language; t: TFunction } }

/** One slip: where, who, what, until when, and what to do. */
export function SlipSheet({ slip, instance, texts: { language, t } }: SlipSheetProps) {
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

function QrCode({ text, label }: { text: string; label: string }) {
  const { size, data } = encode(text, { border: 2 })
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path d={`M0 0h${size}v${size}h-${size}z`} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
