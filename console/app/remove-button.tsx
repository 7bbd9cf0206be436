import { Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Dialog } from './dialog.tsx'
import { Failure } from './failure.tsx'

/** A button that asks once more, removes, and shows why not when the server refuses. */
export function RemoveButton({ ask, remove }: { ask: string; remove: () => Promise<void> }) {
  const { t } = useTranslation()
  const [opened, { open, close }] = useDisclosure()
  const removing = useMutation({ mutationFn: remove })
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          removing.reset()
          open()
        }}
      >
        {t('remove')}
      </Button>
      {opened && (
        <Dialog title={t('remove')} onClose={close}>
          <Text>{ask}</Text>
          {removing.error && <Failure error={removing.error} />}
          <Group mt="md" justify="end">
            <Button variant="default" onClick={close} data-autofocus>
              {t('common:cancel')}
            </Button>
            {!removing.error && (
              <Button color="red.9" loading={removing.isPending} onClick={() => removing.mutate()}>
                {t('remove')}
              </Button>
            )}
          </Group>
        </Dialog>
      )}
    </>
  )
}
