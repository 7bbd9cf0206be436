import { Button, Group, Paper, Text } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../app/dialog.tsx'
import { Failure } from '../app/failure.tsx'
import { usePermission } from '../app/session.tsx'
import { formatSeconds } from '../app/texts.ts'
import { AskEndSession } from './ask-end-session.tsx'
import type { Person } from './desk-queries.ts'
import { LoginCheckList } from './login-check-list.tsx'
import { ModuleChecks } from './module-checks.tsx'
import { PersonStates } from './person-states.tsx'
import { type Act, useMends } from './use-mends.ts'

/** What gets somebody in who is in this state, as far as one press does. Whoever works needs none of it. */
const mendOf: Record<string, Act> = {
  locked: 'unlock',
  attempts_used_up: 'new_password',
  no_password: 'new_password',
  initial_password: 'new_password',
  initial_password_expired: 'new_password',
}

const HandOver = lazy(() => import('../slips/hand-over.tsx'))

type Props = { person: Person; isOpen: boolean; onToggle: () => void }

/** One person: who, how they stand, what mends it, and behind one press why they can't log in. */
export function PersonCard({ person, isOpen, onToggle }: Props) {
  const { t } = useTranslation('desk')
  const { id, fullName, username, team, session } = person
  const { act, doing, failure, slip, closeSlip } = useMends(person)
  const [asking, setAsking] = useState<Act>()
  const acts = useActs(person)
  const isIn = person.states.some(({ state }) => state === 'logged_in')
  // Nobody is there any more: their browser crashed, and the session is what is in the way.
  const isStuck = isIn && session?.silent === true
  const mending =
    person.states[0]?.state === 'logged_in' ? (isStuck ? 'end_session' : undefined) : mendOf[person.states[0]?.state ?? 'none']
  const press = (what: Act) => {
    // Either ends the session, and with it what somebody may be in the middle of.
    if (isIn && (what === 'new_password' || (what === 'end_session' && !isStuck))) setAsking(what)
    else act(what)
  }
  return (
    <Paper component="li" withBorder p="sm" aria-label={fullName}>
      <Text fw={600} size="lg" className="break">
        {fullName}
      </Text>
      <Text c="dimmed" size="sm" mb={6} className="break">
        {[username, team?.name].filter(Boolean).join(' · ')}
      </Text>
      <PersonStates person={person} />
      {session !== null && (
        <Text size="sm" mt={6} className="break">
          {[session.device || t('common:unknown_device'), session.address].join(' · ')} ·{' '}
          <Text span fw={session.silent ? 600 : 400} inherit>
            {t(session.silent ? 'silent_for' : 'seen_ago', { time: formatSeconds(session.silentSeconds) })}
          </Text>
        </Text>
      )}
      {failure && <Failure error={failure} />}
      <Group gap="xs" mt="sm">
        {acts.map((each) => (
          <Button
            key={each}
            size="md"
            variant={each === mending ? 'filled' : 'default'}
            loading={doing === each}
            disabled={doing !== undefined}
            onClick={() => press(each)}
            aria-label={`${t(`act.${each}`)}: ${fullName}`}
          >
            {t(`act.${each}`)}
          </Button>
        ))}
        <Button
          className="why"
          size="md"
          variant="subtle"
          aria-expanded={isOpen}
          onClick={onToggle}
          aria-label={`${t('why')} ${fullName}`}
        >
          {t('why')}
        </Button>
      </Group>
      {isOpen && <LoginCheckList id={id} isWorking={isIn && session?.silent === false} doing={doing} onAct={press} />}
      {isOpen && <ModuleChecks id={id} fullName={fullName} />}
      {slip && (
        <Suspense>
          <HandOver slip={slip} onClose={closeSlip} />
        </Suspense>
      )}
      {asking === 'end_session' && (
        <AskEndSession
          fullName={fullName}
          onClose={() => setAsking(undefined)}
          onEnd={(reason) => {
            setAsking(undefined)
            act('end_session', reason)
          }}
        />
      )}
      {asking === 'new_password' && (
        <Dialog title={t('act.new_password')} onClose={() => setAsking(undefined)}>
          <Text mb="md">{t('ask_new_password', { name: fullName })}</Text>
          <Group justify="end">
            <Button variant="default" onClick={() => setAsking(undefined)}>
              {t('common:cancel')}
            </Button>
            <Button
              onClick={() => {
                setAsking(undefined)
                act('new_password')
              }}
            >
              {t('act.new_password')}
            </Button>
          </Group>
        </Dialog>
      )}
    </Paper>
  )
}

/** What stands on the card itself: what mends the state, and always a new password. */
function useActs({ states, mayAct }: Person): Act[] {
  const may = {
    unlock: usePermission('accounts.unlock'),
    end_session: usePermission('sessions.end'),
    new_password: usePermission('accounts.new-password'),
  }
  if (!mayAct) return []
  const is = (wanted: string) => states.some(({ state }) => state === wanted)
  return (['unlock', 'end_session', 'new_password'] as const).filter(
    (act) => may[act] && (act === 'new_password' || is(act === 'unlock' ? 'locked' : 'logged_in')),
  )
}
