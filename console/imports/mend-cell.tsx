import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../app/failure.tsx'
import type { Found } from './send-file.ts'
import { type Mend, settingsOf, useCheck } from './use-check.ts'

type MendCellProps = { found: Found; row: number; field: Mend['field']; value: string }

/** Writes one cell anew, where it was refused; the whole file is judged again. */
export function MendCell({ found, row, field, value }: MendCellProps) {
  const { t } = useTranslation()
  const [text, setText] = useState<string>()
  const checking = useCheck(found)
  const label = t('imports:mend_of', { field: t(`imports:field.${field}`), row })
  if (text === undefined)
    return (
      <Button size="compact-xs" variant="subtle" aria-label={label} onClick={() => setText(field === 'password' ? '' : value)}>
        {t('imports:mend')}
      </Button>
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        checking.mutate({ ...settingsOf(found), mend: [{ field, row, to: text }] })
      }}
    >
      <Group gap="xs" align="end" mb="xs">
        <TextInput
          size="sm"
          flex="1 1 10rem"
          label={label}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          maxLength={1000}
          data-autofocus
          ref={(input) => input?.focus()}
        />
        <Button size="sm" type="submit" loading={checking.isPending}>
          {t('imports:mend_save')}
        </Button>
        <Button size="sm" variant="default" onClick={() => setText(undefined)}>
          {t('common:cancel')}
        </Button>
      </Group>
      {checking.error && <Failure error={checking.error} />}
    </form>
  )
}
