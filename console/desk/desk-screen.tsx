// The desk: a supervisor finds somebody by two letters and gets them back to work, on a phone too.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { usePermission } from '../app/session.tsx'
import { formatNumber } from '../app/texts.ts'
import { useMyRequests } from '../requests/use-requests.ts'
import { fewestLetters, usePeople } from './desk-queries.ts'
import { PersonCard } from './person-card.tsx'
import './desk.css'

const route = getRouteApi('/desk')

export default function DeskScreen() {
  const { t } = useTranslation('desk')
  const { search = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const [typed, setTyped] = useState(search)
  const [opened, setOpened] = useState<{ id: string; isOpen: boolean }>()
  const field = useRef<HTMLInputElement>(null)
  const look = useDebouncedCallback(
    (text: string) => void navigate({ search: { search: text || undefined }, replace: true }),
    150,
  )
  useEffect(() => field.current?.focus(), [])
  const list = usePeople(search)
  const isLooking = search.length >= fewestLetters
  const people = isLooking ? (list.data?.people ?? []) : []
  const total = isLooking ? list.data?.total : undefined
  return (
    <Stack gap="sm" maw={720}>
      <Group justify="space-between">
        <Heading>{t('title')}</Heading>
        <Shortcuts />
      </Group>
      <TextInput
        ref={field}
        type="search"
        size="lg"
        label={t('search')}
        description={t('search_for')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={200}
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value)
          look(value.trim())
        }}
      />
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      <Text role="status" c="dimmed">
        {total === undefined
          ? ''
          : total === 0
            ? t('none_found')
            : total > people.length
              ? t('too_many', { number: formatNumber(total), shown: formatNumber(people.length) })
              : t('found', { count: total })}
      </Text>
      <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
        {people.map((person) => (
          <PersonCard
            key={person.id}
            person={person}
            // Whoever is the only one is who was looked for.
            isOpen={opened?.id === person.id ? opened.isOpen : total === 1}
            onToggle={() => setOpened({ id: person.id, isOpen: !(opened?.id === person.id ? opened.isOpen : total === 1) })}
          />
        ))}
      </Stack>
    </Stack>
  )
}

/** What else a supervisor does, one press away on a phone too, where the navigation takes two. */
function Shortcuts() {
  const { t } = useTranslation('desk')
  const waiting = useMyRequests().length
  const mayAnswer = usePermission('requests.answer')
  const seesLive = usePermission('sessions.view')
  return (
    <Group gap="xs">
      {mayAnswer && (
        <Button component={Link} to="/requests" variant={waiting === 0 ? 'default' : 'filled'}>
          <span role="status">{waiting === 0 ? t('console:requests.title') : t('requests', { count: waiting })}</span>
        </Button>
      )}
      {seesLive && (
        <Button component={Link} to="/live" variant="default">
          {t('console:live.title')}
        </Button>
      )}
    </Group>
  )
}
