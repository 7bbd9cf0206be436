import { Alert, Button, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from './api.ts'
import { Heading } from './heading.tsx'

/** A screen that cannot be shown: what went wrong is all there is. */
export function FailedScreen(props: { error: unknown; retry?: (() => void) | undefined }) {
  const { title } = useProblemText()(props.error)
  return (
    <>
      <Heading>{title}</Heading>
      <Failure {...props} />
    </>
  )
}

/** What went wrong, what to do next, and the number by which the log knows it. */
export function Failure({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { t } = useTranslation()
  const { title, next, requestId } = useProblemText()(error)
  return (
    <Alert color="red" title={title} role="alert" my="md">
      <Text>{next}</Text>
      {requestId && <Text size="sm">{t('problems:request_id', { id: requestId })}</Text>}
      {isNewVersion(error) ? (
        <Button mt="sm" variant="default" onClick={() => location.reload()}>
          {t('reload')}
        </Button>
      ) : (
        retry && (
          <Button mt="sm" variant="default" onClick={retry}>
            {t('try_again')}
          </Button>
        )
      )}
    </Alert>
  )
}

/** That the server has other files than this page: only a new page can go on. */
function isNewVersion(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'new_version'
}

/** The texts of a refusal, in the person's language. */
export function useProblemText(): (error: unknown) => { title: string; next: string; requestId?: string | undefined } {
  const { t } = useTranslation()
  return (error) => {
    const problem = error instanceof ApiProblem ? error : new ApiProblem(0, { code: 'console_failed', title: String(error) })
    return {
      title: t(`problems:${problem.code}.title`, problem.values),
      next: t(`problems:${problem.code}.next`, problem.values),
      requestId: problem.status >= 500 ? problem.requestId : undefined,
    }
  }
}

/** The texts of the fields that a form's refusal names, by field; for Mantine's `form.setErrors`. */
export function useFaultTexts(): (error: unknown) => Record<string, string> {
  const { t } = useTranslation()
  return (error) =>
    error instanceof ApiProblem ? Object.fromEntries(error.faults.map(({ field, code }) => [field, t(`faults:${code}`)])) : {}
}
