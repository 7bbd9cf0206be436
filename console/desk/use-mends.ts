// What a supervisor can do for a person at the desk, each in one press.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { ApiProblem, call } from '../app/api.ts'
import type { Slip } from '../slips/kept-slips.ts'
import { deskKey, type LoginCheck } from './desk-queries.ts'

/** `from_today` and `more_days` are the two ways in which dates are extended. */
export type Act =
  | Exclude<NonNullable<LoginCheck['mend']>['act'], 'extend' | 'change_account' | 'second_factor'>
  | 'from_today'
  | 'more_days'

/** How many days are given to somebody whose last day has passed. */
export const moreDays = 7

export function useMends({ id, fullName }: { id: string; fullName: string }) {
  const { t } = useTranslation('desk')
  const queries = useQueryClient()
  const [slip, setSlip] = useState<Slip>()
  const [failure, setFailure] = useState<Error | null>(null)

  async function newPassword(): Promise<void> {
    const { slips, refused } = await call('POST /api/accounts/slips', { body: { accountIds: [id] } })
    for (const { code } of refused) throw new ApiProblem(409, { code })
    setSlip(slips[0])
  }

  const extend = (days: number) => call('POST /api/accounts/:id/extend-validity', { params: { id }, body: { days } })
  const acts: Record<Act, (reason: string) => Promise<unknown>> = {
    unlock: () => call('POST /api/accounts/:id/unlock', { params: { id }, body: {} }),
    end_session: (reason) => call('POST /api/sessions/end', { body: { accountIds: [id], reason } }).then(orRefused),
    enable: () => call('POST /api/accounts/enable', { body: { accountIds: [id] } }).then(orRefused),
    from_today: () => extend(0),
    more_days: () => extend(moreDays),
    new_password: newPassword,
  }
  const doing = useMutation({
    mutationFn: ({ act, reason }: { act: Act; reason: string }) => acts[act](reason),
    onMutate: () => setFailure(null),
    onSuccess: (_, { act }) => {
      if (act !== 'new_password') announce(t(`done.${act}`, { name: fullName }))
    },
    onError: setFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: deskKey }),
  })
  const act = (act: Act, reason = '') => doing.mutate({ act, reason })
  return { act, doing: doing.isPending ? doing.variables.act : undefined, failure, slip, closeSlip: () => setSlip(undefined) }
}

/** What refuses one account of a selection refuses all that was asked for here. */
function orRefused({ refused }: { refused: { code: string }[] }): void {
  for (const { code } of refused) throw new ApiProblem(409, { code })
}
