import { useTranslation } from 'react-i18next'
import type { Answer } from '../app/api.ts'
import { useSession } from '../app/session.tsx'
import { formatNumber, formatTime } from '../app/texts.ts'
import './live.css'

const width = 960
const height = 120
/** The quarters of an hour of a day. */
const ofDay = 96

/** The most sessions at once in each quarter of an hour of the day, against the seats that there are. The table beside it says the same. */
export function SeatsCurve({ seats, quarters }: Pick<Answer<'GET /api/seats'>, 'seats' | 'quarters'>) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const most = Math.max(1, seats ?? 0, ...quarters.map(({ peak }) => peak))
  const y = (value: number) => height - (value / most) * (height - 8)
  const step = width / Math.max(ofDay, quarters.length)
  const line = quarters
    .map(({ peak }, i) => `L${(i * step).toFixed(1)} ${y(peak).toFixed(1)}H${((i + 1) * step).toFixed(1)}`)
    .join('')
  const refused = quarters.flatMap(({ refusals }, i) => (refusals > 0 ? [i * step] : []))
  const first = quarters[0]
  return (
    <figure className="seats-curve">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={t('live.curve')}>
        <path className="area" d={`M0 ${height}${line}V${height}Z`} />
        {seats !== null && <path className="limit" d={`M0 ${y(seats)}H${width}`} />}
        {refused.map((x) => (
          <rect key={x} className="refused" x={x} y={0} width={step} height={6} />
        ))}
      </svg>
      <figcaption aria-hidden="true">
        <span>{first && formatTime(first.from, timeZone)}</span>
        <span>
          {t(seats === most ? 'live.seats' : 'live.most')}: {formatNumber(most)}
        </span>
      </figcaption>
    </figure>
  )
}
