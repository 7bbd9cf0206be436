import { Button, Group, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { type Answer, call } from '../app/api.ts'
import { Dialog } from '../app/dialog.tsx'
import { Failure } from '../app/failure.tsx'
import { usePermission } from '../app/session.tsx'
import { formatNumber } from '../app/texts.ts'
import { keepSlips, type Slip } from '../slips/kept-slips.ts'

/** What comes after a run: the slips of those without email, the report, and taking it all back. */
export function ImportDone({ found }: { found: Answer<'GET /api/imports/:id'> }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const [printed, setPrinted] = useState(0)
  const mayMake = usePermission('accounts.new-password')
  const params = { id: found.id }
  const toPrint = useQuery({
    queryKey: ['imports', found.id, 'without-email'],
    queryFn: ({ signal }) => call('GET /api/imports/:id/accounts', { params, query: { without: 'email' }, signal }),
  })
  const slips = useMutation({
    mutationFn: async () => {
      const made: Slip[] = []
      // A thousand accounts are a page of the list; a hundred of them a request, so that one sees it go on.
      for (let page = 1; ; page += 1) {
        const query = { without: 'email', page: String(page) } as const
        const { accountIds } = await call('GET /api/imports/:id/accounts', { params, query })
        for (let i = 0; i < accountIds.length; i += 100) {
          const some = await call('POST /api/accounts/slips', { body: { accountIds: accountIds.slice(i, i + 100) } })
          made.push(...some.slips)
          setPrinted(made.length)
        }
        if (accountIds.length < 1000) return made
      }
    },
    onSuccess: (made) => {
      keepSlips(made)
      void navigate({ to: '/slips' })
    },
  })
  const undo = useMutation({
    mutationFn: () => call('POST /api/imports/:id/undo', { params }),
    onSuccess: () => {
      setAsking(false)
      announce(t('imports:undone'))
      void queries.invalidateQueries({ queryKey: ['imports'] })
    },
  })
  const without = toPrint.data?.total ?? 0
  return (
    <>
      <Group>
        {mayMake && without > 0 && (
          <Button onClick={() => slips.mutate()} loading={slips.isPending}>
            {t('imports:slips', { count: without, number: formatNumber(without) })}
          </Button>
        )}
        <Button component="a" href={`/api/imports/${found.id}/report`} download variant="default">
          {t('imports:report_download')}
        </Button>
        <Button variant="default" onClick={() => setAsking(true)}>
          {t('imports:undo')}
        </Button>
      </Group>
      {slips.isPending && (
        <Text role="status">{t('imports:making_slips', { done: formatNumber(printed), all: formatNumber(without) })}</Text>
      )}
      {slips.error && <Failure error={slips.error} />}
      {isAsking && (
        <Dialog title={t('imports:undo')} onClose={() => setAsking(false)}>
          <Text>{t('imports:undo_ask')}</Text>
          {undo.error && <Failure error={undo.error} />}
          <Group mt="md" justify="end">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('common:cancel')}
            </Button>
            <Button color="red.9" loading={undo.isPending} onClick={() => undo.mutate()}>
              {t('imports:undo')}
            </Button>
          </Group>
        </Dialog>
      )}
    </>
  )
}
