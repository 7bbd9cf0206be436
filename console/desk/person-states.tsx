import { Badge, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.tsx'
import { formatMoment, formatTime } from '../app/texts.ts'
import type { Person } from './desk-queries.ts'
import { Icon, type IconName } from './icon.tsx'

type State = Person['states'][number]['state'] | 'ready'

const looks: Record<State, { icon: IconName; colour: string }> = {
  ready: { icon: 'tick', colour: 'green' },
  locked: { icon: 'lock', colour: 'red' },
  attempts_used_up: { icon: 'lock', colour: 'red' },
  disabled: { icon: 'ban', colour: 'red' },
  no_password: { icon: 'key', colour: 'red' },
  initial_password: { icon: 'key', colour: 'blue' },
  initial_password_expired: { icon: 'key', colour: 'red' },
  password_expired: { icon: 'key', colour: 'yellow' },
  not_yet_valid: { icon: 'day', colour: 'red' },
  no_longer_valid: { icon: 'day', colour: 'red' },
  outside_hours: { icon: 'clock', colour: 'red' },
  logged_in: { icon: 'screen', colour: 'blue' },
  no_seat: { icon: 'seat', colour: 'red' },
}

/** How a person stands, at a glance: a picture and words for each thing, and the moment at which it ends or began. */
export function PersonStates({ person: { states } }: { person: Person }) {
  const { t } = useTranslation('desk')
  const { timeZone } = useSession()
  const shown = states.length === 0 ? [{ state: 'ready' as const, at: null }] : states
  return (
    <Group component="ul" gap={6} m={0} p={0} style={{ listStyle: 'none' }}>
      {shown.map(({ state, at }) => (
        <Badge
          key={state}
          component="li"
          variant="light"
          color={looks[state].colour}
          tt="none"
          size="lg"
          fw={500}
          leftSection={<Icon name={looks[state].icon} />}
        >
          {at === null
            ? t(`state.${state}`)
            : t(`state_at.${state}`, { time: formatTime(at, timeZone, state === 'locked'), moment: formatMoment(at, timeZone) })}
        </Badge>
      ))}
    </Group>
  )
}
