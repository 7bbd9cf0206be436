// The first day of an instance: what it still needs, ticked by facts, each with the one button that does it. Gone when all is done.
import { Button, Group, Progress, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FirstDayStep } from '../../contracts/first-day.ts'
import { call } from '../app/api.ts'
import { usePermission } from '../app/session.tsx'
import { loadTexts } from '../app/texts.ts'
import { MailNotice } from '../users/mail-notice.tsx'

const SettingsDialog = lazy(() => import('./settings-dialog.tsx'))
const TestMailDialog = lazy(async () => {
  const [module] = await Promise.all([import('../users/test-mail-dialog.tsx'), loadTexts('mail')])
  return module
})

/** Where a step is done; the others open a dialog. */
const places: Partial<Record<FirstDayStep, string>> = {
  second_administrator: '/users/new?profile=Administrator',
  rules: '/password-rules',
  teams: '/teams/new',
  people: '/imports',
  slips: '/users?group=never_logged_in',
}

export function FirstDay() {
  const { t } = useTranslation()
  const isConcerned = usePermission('rules.manage')
  const [opened, setOpened] = useState<FirstDayStep>()
  const { data, refetch } = useQuery({
    queryKey: ['live', 'first-day'],
    queryFn: ({ signal }) => call('GET /api/first-day', { signal }),
    enabled: isConcerned,
    // Whoever comes back has done something.
    refetchOnMount: 'always',
  })
  const close = () => {
    setOpened(undefined)
    void refetch()
  }
  if (data === undefined) return null
  const { steps, hasSupervisor } = data
  const done = steps.filter((each) => each.done).length
  if (done === steps.length) return null
  const next = steps.find((each) => !each.done)!.step
  const count = t('start:done', { done, all: steps.length })
  const place = (step: FirstDayStep): string | undefined =>
    step === 'supervisor' ? (hasSupervisor ? places.slips : '/users/new?profile=Supervisor') : places[step]
  return (
    <>
      <MailNotice />
      <section className="card first-day" aria-labelledby="first-day-title">
        <Group justify="space-between">
          <Title order={2} size="h4" id="first-day-title">
            {t('start:first_day')}
          </Title>
          <Text c="dimmed">{count}</Text>
        </Group>
        <Progress.Root my="xs">
          <Progress.Section value={(done / steps.length) * 100} aria-label={t('start:first_day')} aria-valuetext={count} />
        </Progress.Root>
        <ol>
          {steps.map(({ step, done }) => (
            <li key={step} data-done={done || undefined}>
              <span className="mark" role="img" aria-label={t(done ? 'start:is_done' : 'start:is_open')}>
                {done ? '✓' : ''}
              </span>
              <span>
                <strong>{t(`start:step.${step}.title`)}</strong>
                {!done && <span className="quiet">{t(`start:step.${step}.why`)}</span>}
              </span>
              {!done && (
                <StepButton
                  text={t(`start:step.${step}.act`)}
                  isNext={step === next}
                  place={place(step)}
                  open={() => setOpened(step)}
                />
              )}
            </li>
          ))}
        </ol>
        <Suspense>
          {opened === 'settings' && <SettingsDialog onClose={close} />}
          {opened === 'mail' && <TestMailDialog onClose={close} />}
        </Suspense>
      </section>
    </>
  )
}

type StepButtonProps = { text: string; isNext: boolean; place: string | undefined; open: () => void }

function StepButton({ text, isNext, place, open }: StepButtonProps) {
  const look = { size: 'sm', variant: isNext ? 'filled' : 'default' } as const
  return place === undefined ? (
    <Button {...look} onClick={open}>
      {text}
    </Button>
  ) : (
    <Button {...look} component={Link} to={place}>
      {text}
    </Button>
  )
}
