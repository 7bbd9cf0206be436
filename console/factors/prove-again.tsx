import { Alert, Anchor, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'

/** What went wrong; and where only a fresh proof is missing, the way to it and back. */
export function FailureOrProof({ error }: { error: unknown }) {
  const { t } = useTranslation()
  if (!(error instanceof ApiProblem) || error.code !== 'proof_too_old') return <Failure error={error} />
  const here = encodeURIComponent(location.pathname + location.search)
  return (
    <Alert color="yellow" role="alert" my="md" title={t('problems:proof_too_old.title')}>
      <Text>{t('problems:proof_too_old.next')}</Text>
      <Anchor href={`/login?again&next=${here}`} fw={600}>
        {t('factors:prove')}
      </Anchor>
    </Alert>
  )
}
