// What a supervisor does for somebody whose second factor does not work: vouch by the number on their screen, a new sheet, a reset.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { type Answer, call } from '../app/api.ts'
import { Dialog } from '../app/dialog.tsx'
import { Failure } from '../app/failure.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'
import { keepSlips } from '../slips/kept-slips.ts'
import { FailureOrProof } from './prove-again.tsx'

/** In milliseconds, while the screen is seen: somebody may press "Ask my Supervisor" at any moment. */
const every = 3000

export default function FactorHelp({ id }: { id: string }) {
  const { t } = useTranslation('factors')
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [asking, setAsking] = useState<'sheet' | 'reset'>()
  const key = ['desk', 'factors', id]
  const seen = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => call('GET /api/accounts/:id/factors', { params: { id }, signal }),
    refetchInterval: every,
  })
  const doing = useMutation({
    mutationFn: async (what: 'sheet' | 'reset') => {
      if (what === 'reset') return call('POST /api/accounts/:id/reset-factors', { params: { id }, body: {} })
      keepSlips([await call('POST /api/accounts/:id/code-sheet', { params: { id }, body: {} })])
      return navigate({ to: '/slips' })
    },
    onSuccess: (_, what) => {
      if (what === 'reset') announce(t('done_reset'))
    },
    onSettled: () => {
      setAsking(undefined)
      void queries.invalidateQueries({ queryKey: ['desk'] })
    },
  })
  if (seen.error) return <Failure error={seen.error} />
  if (!seen.data) return null
  const { factors, waiting, codesWait, vouching } = seen.data
  const live = factors.filter(({ state }) => state === 'live')
  return (
    <Stack gap="xs" mt="xs">
      {vouching && (waiting.length > 0 ? <Vouch id={id} waiting={waiting} /> : <Text size="sm">{t('nobody_waits')}</Text>)}
      {live.map((factor) => (
        <FactorLine key={factor.id} factor={factor} />
      ))}
      {codesWait && <Text size="sm">{t(codesWait.until === null ? 'codes_used_up' : 'codes_wait')}</Text>}
      <Group gap="xs">
        <Button variant="light" onClick={() => setAsking('sheet')}>
          {t('new_sheet')}
        </Button>
        {live.length > 0 && (
          <Button variant="light" color="red" onClick={() => setAsking('reset')}>
            {t('reset')}
          </Button>
        )}
      </Group>
      {doing.error && <FailureOrProof error={doing.error} />}
      {asking && (
        <Dialog title={t(asking === 'sheet' ? 'new_sheet' : 'reset')} onClose={() => setAsking(undefined)}>
          <Text mb="md">{t(asking === 'sheet' ? 'ask_sheet' : 'ask_reset')}</Text>
          <Group justify="end">
            <Button variant="default" onClick={() => setAsking(undefined)}>
              {t('common:cancel')}
            </Button>
            <Button loading={doing.isPending} {...(asking === 'reset' && { color: 'red' })} onClick={() => doing.mutate(asking)}>
              {t(asking === 'sheet' ? 'new_sheet' : 'reset')}
            </Button>
          </Group>
        </Dialog>
      )}
    </Stack>
  )
}

type Seen = Answer<'GET /api/accounts/:id/factors'>

/** Who waits where, and the field for the number on their screen. */
function Vouch({ id, waiting }: { id: string; waiting: Seen['waiting'] }) {
  const { t } = useTranslation('factors')
  const { timeZone } = useSession()
  const queries = useQueryClient()
  const [number, setNumber] = useState('')
  const vouching = useMutation({
    mutationFn: () => call('POST /api/accounts/:id/vouch', { params: { id }, body: { number } }),
    onSuccess: ({ device }) => {
      announce(t('done_vouched', { device: device || t('common:unknown_device') }))
      setNumber('')
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['desk'] }),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        vouching.mutate()
      }}
    >
      {waiting.map(({ device, address, knowsBrowser, askedAt }) => (
        <Text key={askedAt + address} size="sm" className="break">
          {t(knowsBrowser ? 'waits_known' : 'waits', {
            device: device || t('common:unknown_device'),
            address,
            moment: formatMoment(askedAt, timeZone),
          })}
        </Text>
      ))}
      <Group gap="xs" align="end">
        <TextInput
          label={t('number')}
          description={t('number_hint')}
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
          inputMode="numeric"
          autoComplete="off"
          maxLength={20}
          required
        />
        <Button type="submit" loading={vouching.isPending}>
          {t('vouch')}
        </Button>
      </Group>
      {vouching.error && <Failure error={vouching.error} />}
    </form>
  )
}

function FactorLine({ factor: { kind, name, codesLeft, lastUsedAt, lastUsedDevice } }: { factor: Seen['factors'][number] }) {
  const { t } = useTranslation('factors')
  const { timeZone } = useSession()
  const used = lastUsedAt === null ? t('never_used') : t('last_used', { moment: formatMoment(lastUsedAt, timeZone) })
  return (
    <Text size="sm" className="break">
      {[name || t(`kind.${kind}`), codesLeft === null ? '' : t('codes_left', { count: codesLeft }), used, lastUsedDevice]
        .filter(Boolean)
        .join(' · ')}
    </Text>
  )
}
