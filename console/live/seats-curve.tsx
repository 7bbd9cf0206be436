// The seats over the day as a curve, and the values of any quarter of an hour.
import { useTranslation } from 'react-i18next'
import type { Answer } from '../app/api.ts'
import { Curve } from '../app/curve.tsx'
import { useSession } from '../app/session.tsx'
import { formatNumber, formatTime } from '../app/texts.ts'

/** The quarters of an hour of a day, but for those on which the clock is changed. */
const ofDay = 96
const everyThreeHours = 12

type Props = Pick<Answer<'GET /api/seats'>, 'seats' | 'quarters'> & { weekAgo: Answer<'GET /api/seats/week-ago'>['quarters'] }

/** The most sessions at once in each quarter of an hour of the day, against the seats that there are. The table beside it says the same. */
export function SeatsCurve({ seats, quarters, weekAgo }: Props) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  const words = (step: number) => {
    const quarter = quarters[step]
    if (quarter === undefined) return undefined
    return [
      t('live:at', { time: formatTime(quarter.from, timeZone), used: formatNumber(quarter.peak) }),
      weekAgo[step] && t('live:week_ago', { used: formatNumber(weekAgo[step].peak) }),
      quarter.refusals > 0 && t('live:refused_then', { count: quarter.refusals }),
    ]
      .filter(Boolean)
      .join(' · ')
  }
  return (
    <Curve
      label={t('live:curve')}
      values={quarters.map(({ peak }) => peak)}
      before={weekAgo.map(({ peak }) => peak)}
      count={Math.max(ofDay, quarters.length, weekAgo.length)}
      minutes={15}
      from={quarters[0]?.from}
      hoursEvery={everyThreeHours}
      limit={seats}
      refused={quarters.map(({ refusals }) => refusals > 0)}
      words={words}
      legend={{
        today: t('live:today'),
        ...(weekAgo.length > 0 && { week: t('live:last_week') }),
        ...(seats !== null && { limit: t('live:seats') }),
      }}
    />
  )
}
