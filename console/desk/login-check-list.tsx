// Why can't they log in? Each check of a login in its order, with a tick or a cross, and the button that mends it. What cannot be
// known from here comes last: under “This is in the way” it would be read as what is.
import { Button, Text, VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../app/failure.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment, formatTime, loadTexts } from '../app/texts.ts'
import { type LoginCheck, useLoginChecks } from './desk-queries.ts'
import { Icon, type IconName } from './icon.tsx'
import { type Act, moreDays } from './use-mends.ts'

/** Loaded where somebody has a second factor, or needs one. */
const FactorHelp = lazy(async () => {
  const [module] = await Promise.all([import('../factors/factor-help.tsx'), loadTexts('factors')])
  return module
})

const signs: Record<LoginCheck['answer'], IconName> = { passes: 'tick', stops: 'cross', asks: 'next', unknown: 'question' }

type Acts = { id: string; doing: Act | undefined; onAct: (act: Act) => void }
/** `isWorking`: they are logged in, and somebody is there. */
type Props = Acts & { isWorking: boolean }

export function LoginCheckList({ id, isWorking, ...acts }: Props) {
  const { t } = useTranslation('desk')
  const checks = useLoginChecks(id)
  if (checks.error) return <Failure error={checks.error} retry={() => void checks.refetch()} />
  if (!checks.data) return null
  const { outcome, ownBrowserIsFree } = checks.data
  const ordered = checks.data.checks.toSorted(
    (one, other) => Number(one.answer === 'unknown') - Number(other.answer === 'unknown'),
  )
  // Another login would be refused because of this one, but nobody needs it.
  const works = isWorking && outcome === 'already_logged_in'
  const isLocked = outcome === 'locked' || outcome === 'attempts_used_up'
  return (
    <section aria-label={t('why')} className="checks">
      <Text fw={600} role="status" mb={4}>
        {t(works ? 'outcome_working' : outcome === 'logs_in' ? 'outcome_free' : 'outcome_stopped')}
      </Text>
      <ol>
        {ordered.map((check) => (
          <li key={check.check} data-answer={works && check.answer === 'stops' ? 'working' : check.answer}>
            <span className="sign">
              <Icon name={works && check.answer === 'stops' ? 'screen' : signs[check.answer]} size={18} />
              <VisuallyHidden>{t(`answer.${works && check.answer === 'stops' ? 'working' : check.answer}`)}</VisuallyHidden>
            </span>
            <div>
              <Text fw={check.answer === 'stops' || check.answer === 'asks' ? 600 : 400}>
                {t(works && check.answer === 'stops' ? 'check.working' : `check.${check.check}`)}
              </Text>
              {/* What ends a session stands on the card, and asks first. */}
              <Explained id={id} check={works && check.answer === 'stops' ? { ...check, mend: null } : check} {...acts} />
              {check.check === 'attempts' && isLocked && ownBrowserIsFree && outcome === 'locked' && (
                <Text size="sm">{t('own_browser_is_free')}</Text>
              )}
            </div>
          </li>
        ))}
      </ol>
      {outcome === 'logs_in' && <Text size="sm">{t('outcome_free_next')}</Text>}
    </section>
  )
}

/** What is said where there is no moment to name: none is to come, or who looks may not see it. */
const withoutMoment: Record<string, string> = {
  outside_hours: 'never_open',
  already_logged_in: 'already_logged_in_unseen',
}

/** What is the matter, and what mends it. */
function Explained({ id, check: { code, at, words, mend }, doing, onAct }: Acts & { check: LoginCheck }) {
  const { t } = useTranslation('desk')
  const { timeZone } = useSession()
  if (code === null) return null
  const acts: Partial<Record<NonNullable<typeof mend>['act'], Act>> = {
    extend: code === 'not_yet_valid' ? 'from_today' : 'more_days',
  }
  const own = mend?.act === 'change_account' || mend?.act === 'second_factor'
  const act = mend && (own ? undefined : (acts[mend.act] ?? (mend.act as Act)))
  const moment = at === null ? '' : formatMoment(at, timeZone)
  return (
    <>
      <Text size="sm" className="break">
        {t(`code.${(at === null && withoutMoment[code]) || code}`, {
          moment,
          time: at === null ? '' : formatTime(at, timeZone, code === 'locked'),
          words: words || t('no_words'),
        })}
      </Text>
      {mend &&
        (!mend.permitted ? (
          <Text size="sm" c="dimmed">
            {t('not_permitted')}
          </Text>
        ) : mend.act === 'second_factor' ? (
          <Suspense>
            <FactorHelp id={id} />
          </Suspense>
        ) : act ? (
          <Button mt={6} variant="light" loading={doing === act} disabled={doing !== undefined} onClick={() => onAct(act)}>
            {t(`act.${act}`, { count: moreDays })}
          </Button>
        ) : (
          <Button mt={6} variant="light" component={Link} to={`/users/${id}?tab=details`}>
            {t('act.change_account')}
          </Button>
        ))}
    </>
  )
}
