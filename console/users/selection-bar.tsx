// What can be done to the accounts that are selected.
import { Button, Group, Paper, Select, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { type Answer, call } from '../app/api.ts'
import { Dialog } from '../app/dialog.tsx'
import { DropMenu } from '../app/drop-menu.tsx'
import { Failure } from '../app/failure.tsx'
import { usePermission } from '../app/session.tsx'
import { useProfileName } from '../profiles/profile-name.ts'
import { keepSlips } from '../slips/kept-slips.ts'

type Choices = Answer<'GET /api/accounts/choices'>
type Act = 'slips' | 'messages' | 'enable' | 'disable' | 'remove' | 'assign_team' | 'assign_profile'
type Outcome = { done: number; refused: { accountId: string; code: string }[] }

export function SelectionBar({
  accountIds,
  choices,
  onDone,
}: {
  accountIds: string[]
  choices: Choices | undefined
  onDone: () => void
}) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState<Act>()
  const may = {
    slips: usePermission('accounts.new-password'),
    update: usePermission('accounts.update'),
    remove: usePermission('accounts.delete'),
  }
  const count = accountIds.length
  const others: Act[] = [
    ...(may.slips ? (['messages'] as const) : []),
    ...(may.update ? (['assign_team', 'assign_profile'] as const) : []),
    ...(may.remove ? (['remove'] as const) : []),
  ]
  return (
    <Paper withBorder p="xs" component="section" aria-label={t('selection')}>
      <Group gap="xs">
        <Text fw={600} role="status">
          {t('selected', { count })}
        </Text>
        {may.slips && (
          <Button size="sm" onClick={() => setAsking('slips')}>
            {t('users.act.slips')}
          </Button>
        )}
        {may.update && (
          <>
            <Button size="sm" variant="default" onClick={() => setAsking('enable')}>
              {t('users.act.enable')}
            </Button>
            <Button size="sm" variant="default" onClick={() => setAsking('disable')}>
              {t('users.act.disable')}
            </Button>
          </>
        )}
        {others.length > 0 && (
          <DropMenu summary={t('more')}>
            {others.map((act) => (
              <li key={act}>
                <button type="button" onClick={() => setAsking(act)}>
                  {t(`users.act.${act}`)}
                </button>
              </li>
            ))}
          </DropMenu>
        )}
        <Button size="sm" variant="subtle" onClick={onDone}>
          {t('select_none')}
        </Button>
      </Group>
      {asking && (
        <Ask act={asking} accountIds={accountIds} choices={choices} onClose={() => setAsking(undefined)} onDone={onDone} />
      )}
    </Paper>
  )
}

type AskProps = { act: Act; accountIds: string[]; choices: Choices | undefined; onClose: () => void; onDone?: () => void }

/** Asks once more, says what will happen, does it, and says what did. */
export function Ask({ act, accountIds, choices, onClose, onDone }: AskProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [reason, setReason] = useState('')
  const [target, setTarget] = useState<string | null>(null)
  const [refused, setRefused] = useState<Outcome['refused']>([])
  const doing = useMutation({
    mutationFn: () => perform(act, accountIds, { reason, target }),
    onSuccess: async ({ done, refused }) => {
      void queries.invalidateQueries({ queryKey: ['accounts'] })
      // And who still needs something.
      void queries.invalidateQueries({ queryKey: ['live'] })
      if (done > 0 && act !== 'slips') announce(t(`users.done.${act}`, { count: done }))
      setRefused(refused)
      if (refused.length > 0) return
      onDone?.()
      onClose()
      if (act === 'slips') void navigate({ to: '/slips' })
    },
  })
  const profileName = useProfileName()
  const choosesWhat = act === 'assign_team' || act === 'assign_profile'
  const data =
    act === 'assign_team'
      ? [...(choices?.mayLeaveWithoutTeam ? [{ value: 'none', label: t('users.no_team') }] : []), ...named(choices?.teams ?? [])]
      : (choices?.profiles ?? [])
          .filter(({ mayGive }) => mayGive)
          .map(({ id, name }) => ({ value: id, label: profileName(name) }))
  return (
    <Dialog onClose={onClose} title={t(`users.act.${act}`)}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          doing.mutate()
        }}
      >
        <Text mb="sm">{t(`users.ask.${act}`, { count: accountIds.length })}</Text>
        {act === 'disable' && (
          <TextInput
            label={t('users.reason')}
            description={t('users.reason_for')}
            maxLength={200}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-autofocus
          />
        )}
        {choosesWhat && (
          <Select
            label={t(act === 'assign_team' ? 'users.team' : 'users.profile')}
            data={data}
            value={target}
            onChange={setTarget}
            required
            searchable
            data-autofocus
          />
        )}
        {doing.error && <Failure error={doing.error} />}
        <RefusedList refused={refused} onSlips={act === 'slips' && refused.length < accountIds.length} />
        <Group mt="md" justify="end">
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          {refused.length === 0 && (
            <Button
              type="submit"
              color={act === 'remove' ? 'red.9' : undefined}
              loading={doing.isPending}
              disabled={choosesWhat && target === null}
            >
              {t(`users.act.${act}`)}
            </Button>
          )}
        </Group>
      </form>
    </Dialog>
  )
}

function named(list: readonly { id: string; name: string }[]) {
  return list.map(({ id, name }) => ({ value: id, label: name }))
}

/** To how many accounts nothing was done, and why. */
function RefusedList({ refused, onSlips }: { refused: Outcome['refused']; onSlips: boolean }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  if (refused.length === 0) return null
  const byCode = Map.groupBy(refused, ({ code }) => code)
  return (
    <>
      <Text role="alert" fw={600} mt="sm">
        {t('users.refused', { count: refused.length })}
      </Text>
      <ul>
        {[...byCode].map(([code, each]) => (
          <li key={code}>{t('users.refused_why', { count: each.length, why: t(`problems:${code}.title`) })}</li>
        ))}
      </ul>
      {onSlips && <Button onClick={() => void navigate({ to: '/slips' })}>{t('slips.title')}</Button>}
    </>
  )
}

async function perform(
  act: Act,
  accountIds: string[],
  { reason, target }: { reason: string; target: string | null },
): Promise<Outcome> {
  switch (act) {
    case 'slips': {
      const { slips, refused } = await call('POST /api/accounts/slips', { body: { accountIds } })
      keepSlips(slips)
      return { done: slips.length, refused }
    }
    case 'messages':
      return call('POST /api/accounts/messages', { body: { accountIds } })
    case 'enable':
      return call('POST /api/accounts/enable', { body: { accountIds } })
    case 'disable':
      return call('POST /api/accounts/disable', { body: { accountIds, reason } })
    case 'remove':
      return call('POST /api/accounts/remove', { body: { accountIds } })
    case 'assign_team':
      return call('POST /api/accounts/assign-team', { body: { accountIds, teamId: target === 'none' ? null : target } })
    case 'assign_profile':
      return call('POST /api/accounts/assign-profile', { body: { accountIds, profileId: target! } })
  }
}
