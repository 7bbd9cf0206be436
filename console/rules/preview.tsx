import { Paper, PasswordInput, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, type Body, call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { type Draft, type Rule, valueFault } from './draft.ts'

type PreviewProps = { rules: readonly Rule[]; draft: Draft }

/** Judges a trial password by the rules as they stand in the form, while one types. */
export function Preview({ rules, draft }: PreviewProps) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const [verdict, setVerdict] = useState<Answer<'POST /api/rules/preview'>>()
  const [failure, setFailure] = useState<unknown>()
  const isWrong = rules.some((rule) => valueFault(rule, draft.values[rule.name]) !== undefined)
  const [question] = useDebouncedValue(isWrong ? undefined : JSON.stringify({ values: draft.values, password }), 300)

  useEffect(() => {
    setFailure(undefined)
    if (question === undefined) return
    const body = JSON.parse(question) as Body<'POST /api/rules/preview'>
    if (body.password === '') return setVerdict(undefined)
    const asking = new AbortController()
    call('POST /api/rules/preview', { body, signal: asking.signal }).then(setVerdict, (error) => {
      if (!asking.signal.aborted) setFailure(error)
    })
    return () => asking.abort()
  }, [question])

  return (
    <Paper component="section" withBorder p="md" aria-labelledby="preview-title">
      <Title order={2} size="h4" id="preview-title">
        {t('rules:preview.title')}
      </Title>
      <PasswordInput
        label={t('rules:preview.label')}
        description={t('rules:preview.hint')}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t('common:show_password') }}
        maw={420}
        mt="xs"
      />
      <div role="status" aria-live="polite">
        {password !== '' && <Verdict isWrong={isWrong} verdict={verdict} />}
      </div>
      {failure !== undefined && <Failure error={failure} />}
    </Paper>
  )
}

function Verdict({ isWrong, verdict }: { isWrong: boolean; verdict: Answer<'POST /api/rules/preview'> | undefined }) {
  const { t } = useTranslation()
  if (isWrong) return <Text mt="sm">{t('rules:preview.fix_first')}</Text>
  if (verdict === undefined) return null
  return (
    <>
      <Text mt="sm" fw={600}>
        {verdict.accepted ? `✓ ${t('rules:preview.accepted')}` : `✗ ${t('rules:preview.refused')}`}
      </Text>
      {!verdict.accepted && (
        <ul>
          {verdict.faults.map(({ code, count }) => (
            <li key={code}>{t(`passwords:rule.${code}`, { count: count ?? 0 })}</li>
          ))}
        </ul>
      )}
    </>
  )
}
