import { Button, FileButton, Group, Paper, Radio, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../app/failure.tsx'
import { type Found, keptFile, sendFile } from './send-file.ts'

/** By their usual names, which are the same in every language. */
const encodings: Record<string, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  'windows-1252': 'Windows-1252 (Latin 1)',
  'windows-1250': 'Windows-1250 (Latin 2)',
  'windows-1251': 'Windows-1251 (Cyrillic)',
  ibm850: 'MS-DOS (CP850)',
  macintosh: 'Macintosh (Mac Roman)',
  shift_jis: 'Shift_JIS',
  gb18030: 'GB18030',
  big5: 'Big5',
  'euc-kr': 'EUC-KR',
}
type Choice = { sheet?: string | undefined; encoding?: string | undefined }

/** Which sheet was read, or as what a text was; and another one, or another file, in its place. */
export function ImportFile({ found }: { found: Found }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { id, sheet, sheets, encoding } = found
  const [choice, setChoice] = useState<Choice>({})
  const sending = useMutation({
    mutationFn: ({ file, ...choice }: Choice & { file: File }) => sendFile(file, { ...choice, replaces: id }),
    onSuccess: async ({ id: to }) => {
      await navigate({ to: '/imports/$id', params: { id: to }, replace: true })
      void queries.invalidateQueries({ queryKey: ['imports'] })
    },
  })
  // A page that was opened anew no longer has the file: it is chosen once more.
  const choose = (to: Choice) => {
    setChoice(to)
    const file = keptFile(id)
    if (file !== undefined) sending.mutate({ file, ...to })
  }
  const isWaiting = Object.keys(choice).length > 0 && keptFile(id) === undefined
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        {sheets.length > 1 && (
          <Radio.Group
            label={t('imports:which_sheet')}
            description={t('imports:which_sheet_next')}
            value={choice.sheet ?? sheet ?? ''}
            onChange={(to) => choose({ sheet: to })}
          >
            <Stack gap="xs" mt="xs">
              {sheets.map((name) => (
                <Radio key={name} value={name} label={name} disabled={sending.isPending} />
              ))}
            </Stack>
          </Radio.Group>
        )}
        {sheets.length === 1 && <Text className="break">{t('imports:sheet_read', { sheet })}</Text>}
        {encoding !== null && (
          <Select
            label={t('imports:encoding')}
            description={t('imports:encoding_next')}
            maw="22rem"
            allowDeselect={false}
            value={choice.encoding ?? encoding}
            data={Object.entries(encodings).map(([value, label]) => ({ value, label }))}
            onChange={(to) => to !== null && choose({ encoding: to })}
            disabled={sending.isPending}
          />
        )}
        <Group>
          <FileButton onChange={(file) => file && sending.mutate({ file, ...choice })} accept=".xlsx,.ods,.csv,.txt">
            {(props) => (
              <Button {...props} variant={isWaiting ? 'filled' : 'default'} loading={sending.isPending}>
                {t(isWaiting ? 'imports:choose_again' : 'imports:replace_file')}
              </Button>
            )}
          </FileButton>
        </Group>
        {sending.error && <Failure error={sending.error} />}
      </Stack>
    </Paper>
  )
}
