// One press for a whole group: new initial passwords for exactly those whom the figure counts.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { AccountGroup } from '../../contracts/account-groups.ts'
import { call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { Ask } from '../users/selection-bar.tsx'

export function MendGroup({ group }: { group: AccountGroup }) {
  const { t } = useTranslation()
  const name = t(`users.group.${group}`)
  // As many as one list can hold; whoever is left is counted again, and the next press is theirs.
  const finding = useMutation({ mutationFn: () => call('GET /api/accounts', { query: { group, size: '500' } }) })
  const found = finding.data?.accounts.filter(({ mayChange }) => mayChange).map(({ id }) => id) ?? []
  return (
    <>
      <Button
        variant="default"
        size="sm"
        loading={finding.isPending}
        onClick={() => finding.mutate()}
        aria-label={`${t('start:slips')}: ${name}`}
      >
        {t('start:slips')}
      </Button>
      {finding.error && <Failure error={finding.error} />}
      {found.length > 0 && <Ask act="slips" accountIds={found} choices={undefined} onClose={finding.reset} />}
    </>
  )
}
