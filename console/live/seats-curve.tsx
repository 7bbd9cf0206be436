// The seats over the day as a curve that one can read: an axis, hours, now, the last week, and the values of any quarter of an hour under
// the pointer or by the arrow keys.
import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../app/api.ts'
import { useSession } from '../app/session.tsx'
import { formatNumber, formatTime } from '../app/texts.ts'
import './live.css'

const [width, height] = [960, 200]
/** The quarters of an hour of a day, but for those on which the clock is changed. */
const ofDay = 96
const everyThreeHours = 12

type Props = Pick<Answer<'GET /api/seats'>, 'seats' | 'quarters'> & { weekAgo: Answer<'GET /api/seats/week-ago'>['quarters'] }

/** The most sessions at once in each quarter of an hour of the day, against the seats that there are. The table beside it says the same. */
export function SeatsCurve({ seats, quarters, weekAgo }: Props) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const [chosen, setChosen] = useState<number>()
  const count = Math.max(ofDay, quarters.length, weekAgo.length)
  const top = niceTop(Math.max(1, seats ?? 0, ...quarters.map(({ peak }) => peak), ...weekAgo.map(({ peak }) => peak)))
  const y = (value: number) => height - (value / top) * height
  const step = width / count
  const line = (peaks: readonly { peak: number }[]) =>
    peaks.map(({ peak }, i) => `L${(i * step).toFixed(1)} ${y(peak).toFixed(1)}H${((i + 1) * step).toFixed(1)}`).join('')
  const last = quarters.length - 1
  const shown = Math.min(chosen ?? last, last)
  const quarter = quarters[shown]
  const said = quarter && {
    time: formatTime(quarter.from, timeZone),
    used: formatNumber(quarter.peak),
    week: weekAgo[shown] && formatNumber(weekAgo[shown].peak),
    refused: quarter.refusals,
  }
  const words = said
    ? [
        t('live.at', { time: said.time, used: said.used }),
        said.week && t('live.week_ago', { used: said.week }),
        said.refused > 0 && t('live.refused_then', { count: said.refused }),
      ]
        .filter(Boolean)
        .join(' · ')
    : ''
  const point = (event: PointerEvent<HTMLElement>) => {
    const { left, width: wide } = event.currentTarget.getBoundingClientRect()
    setChosen(Math.max(0, Math.min(last, Math.floor(((event.clientX - left) / wide) * count))))
  }
  const press = (event: KeyboardEvent) => {
    const to = { ArrowLeft: shown - 1, ArrowRight: shown + 1, PageDown: shown - 4, PageUp: shown + 4, Home: 0, End: last }[
      event.key
    ]
    if (to === undefined) return
    event.preventDefault()
    setChosen(Math.max(0, Math.min(last, to)))
  }
  const hours = Array.from({ length: Math.floor(count / everyThreeHours) + 1 }, (_, i) => i * everyThreeHours)
  const first = quarters[0]
  return (
    <figure className="seats-curve">
      <div className="plot">
        {[0, 0.5, 1].map((part) => (
          <span key={part} className="level" style={{ insetBlockEnd: `${part * 100}%` }} aria-hidden="true">
            {Number.isInteger(top * part) ? formatNumber(top * part) : ''}
          </span>
        ))}
        <div
          className="field"
          role="slider"
          tabIndex={0}
          aria-label={t('live.curve')}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, last)}
          aria-valuenow={Math.max(0, shown)}
          aria-valuetext={words}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => setChosen(undefined)}
          onKeyDown={press}
          onBlur={() => setChosen(undefined)}
        >
          <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
            {hours.map((at) => (
              <path key={at} className="grid" d={`M${at * step} 0V${height}`} />
            ))}
            <path className="grid" d={`M0 ${height / 2}H${width}`} />
            <path className="area" d={`M0 ${height}${line(quarters)}V${height}Z`} />
            <path className="week" d={`M0 ${height}${line(weekAgo)}`} />
            {seats !== null && <path className="limit" d={`M0 ${y(seats)}H${width}`} />}
            {quarters.map(({ from, refusals }, i) =>
              refusals > 0 ? <rect key={from} className="refused" x={i * step} y={0} width={step} height={8} /> : null,
            )}
            <path className="now" d={`M${(last + 1) * step} 0V${height}`} />
            {chosen !== undefined && <path className="chosen" d={`M${(shown + 0.5) * step} 0V${height}`} />}
          </svg>
        </div>
      </div>
      <div className="hours" aria-hidden="true">
        {first &&
          hours.slice(0, -1).map((at) => (
            <span key={at} style={{ insetInlineStart: `${(at / count) * 100}%` }}>
              {formatTime(new Date(Date.parse(first.from) + at * 15 * 60_000).toISOString(), timeZone)}
            </span>
          ))}
      </div>
      <figcaption>
        <span aria-hidden="true">{words}</span>
        <span className="legend">
          <span data-line="today">{t('live.today')}</span>
          {weekAgo.length > 0 && <span data-line="week">{t('live.last_week')}</span>}
          {seats !== null && <span data-line="limit">{t('live.seats')}</span>}
        </span>
      </figcaption>
    </figure>
  )
}

/** The next round number, with a little room above the curve. */
function niceTop(most: number): number {
  const wanted = most * 1.1
  const power = 10 ** Math.floor(Math.log10(wanted))
  const step = [1, 2, 4, 5, 8, 10].find((each) => each * power >= wanted) ?? 10
  return Math.max(2, step * power)
}
