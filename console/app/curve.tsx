// A curve that one can read: an axis, hours, now, what was before, and the values under the pointer or by the arrow keys.
import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { useSession } from './session.tsx'
import { formatNumber, formatTime } from './texts.ts'
import './curve.css'

const [width, height] = [960, 200]

type CurveProps = {
  label: string
  /** What is known so far, step by step. */
  values: readonly number[]
  /** The same steps at another time. */
  before: readonly number[]
  /** How many steps there are, those to come included, and how long each is. */
  count: number
  minutes: number
  /** When the first begins. */
  from: string | undefined
  /** The hours are written at every so many steps. */
  hoursEvery: number
  limit?: number | null
  /** The steps at which somebody was refused. */
  refused?: readonly boolean[]
  /** What a step says; undefined where there is none. */
  words: (step: number) => string | undefined
  legend: Partial<Record<'today' | 'week' | 'limit', string>>
}

export function Curve({ label, values, before, count, minutes, from, hoursEvery, limit, refused, words, legend }: CurveProps) {
  const { timeZone } = useSession()
  const [chosen, setChosen] = useState<number>()
  const top = niceTop(Math.max(1, limit ?? 0, ...values, ...before))
  const y = (value: number) => height - (value / top) * height
  const step = width / count
  const line = (of: readonly number[]) =>
    of.map((value, i) => `L${(i * step).toFixed(1)} ${y(value).toFixed(1)}H${((i + 1) * step).toFixed(1)}`).join('')
  const last = values.length - 1
  const shown = Math.min(chosen ?? last, last)
  const said = words(shown) ?? ''
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
  const hours = Array.from({ length: Math.floor(count / hoursEvery) + 1 }, (_, i) => i * hoursEvery)
  return (
    <figure className="curve">
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
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, last)}
          aria-valuenow={Math.max(0, shown)}
          aria-valuetext={said}
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
            <path className="area" d={`M0 ${height}${line(values)}V${height}Z`} />
            <path className="week" d={`M0 ${height}${line(before)}`} />
            {typeof limit === 'number' && <path className="limit" d={`M0 ${y(limit)}H${width}`} />}
            {refused?.map((was, i) =>
              was ? <rect key={i} className="refused" x={i * step} y={0} width={step} height={8} /> : null,
            )}
            {last + 1 < count && <path className="now" d={`M${(last + 1) * step} 0V${height}`} />}
            {chosen !== undefined && <path className="chosen" d={`M${(shown + 0.5) * step} 0V${height}`} />}
          </svg>
        </div>
      </div>
      <div className="hours" aria-hidden="true">
        {from !== undefined &&
          hours.slice(0, -1).map((at) => (
            <span key={at} style={{ insetInlineStart: `${(at / count) * 100}%` }}>
              {formatTime(new Date(Date.parse(from) + at * minutes * 60_000).toISOString(), timeZone)}
            </span>
          ))}
      </div>
      <figcaption>
        <span aria-hidden="true">{said}</span>
        <span className="legend">
          {Object.entries(legend).map(([name, text]) => (
            <span key={name} data-line={name}>
              {text}
            </span>
          ))}
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
