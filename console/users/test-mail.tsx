// A test message: whether mail leaves, in the mail server's own words.
import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { usePermission } from '../app/session.tsx'
import { loadTexts } from '../app/texts.ts'

const TestMailDialog = lazy(async () => {
  const [module] = await Promise.all([import('./test-mail-dialog.tsx'), loadTexts('mail')])
  return module
})

/** For whoever may make accounts, which is who sends messages to any address. */
export function TestMail() {
  const { t } = useTranslation()
  const [opened, { open, close }] = useDisclosure()
  if (!usePermission('accounts.create')) return null
  return (
    <>
      <Button variant="default" mt="sm" onClick={open}>
        {t('users.test_mail')}
      </Button>
      {opened && (
        <Suspense>
          <TestMailDialog onClose={close} />
        </Suspense>
      )}
    </>
  )
}
