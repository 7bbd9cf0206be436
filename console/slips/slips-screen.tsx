// Slips to print: each hands one initial password to one person. They are shown this one time.
import { Alert, Button, Group, Radio, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../app/api.ts'
import { isLanguage, pageLanguage, textsIn } from '../app/texts.ts'
import { keepSlips, keptSlips } from './kept-slips.ts'
import { CodeSheet, SlipSheet } from './slip-sheet.tsx'
import './slips.css'

type Paper = 'a4' | 'a6'

export default function SlipsScreen() {
  const { t } = useTranslation()
  const [slips] = useState(keptSlips)
  const [paper, setPaper] = useState<Paper>('a4')
  const { data: choices } = useQuery({
    queryKey: ['accounts', 'choices'],
    queryFn: ({ signal }) => call('GET /api/accounts/choices', { signal }),
  })
  const { data: texts } = useQuery({
    queryKey: ['slips', 'texts'],
    queryFn: async () => {
      const languages = new Set(slips.map(({ language }) => language))
      return new Map(
        await Promise.all(
          [...languages].map(async (language) => [language, await textsFor(language, choices!.instance.language)] as const),
        ),
      )
    },
    enabled: choices !== undefined,
  })
  // They are gone for ever: who leaves should mean it.
  useBlocker({ shouldBlockFn: () => slips.length > 0 && !confirm(t('slips.leave')), enableBeforeUnload: slips.length > 0 })
  useEffect(() => () => keepSlips([]), [])

  if (slips.length === 0)
    return (
      <Stack>
        <Title order={1} size="h2">
          {t('slips.title')}
        </Title>
        <Text>{t('slips.none')}</Text>
      </Stack>
    )
  return (
    <Stack>
      <Stack className="no-print">
        <Title order={1} size="h2">
          {t('slips.title')}
        </Title>
        <Alert color="yellow" title={t('slips.once')}>
          {t('slips.once_next')}
        </Alert>
        <Group align="end">
          <Radio.Group label={t('slips.paper')} value={paper} onChange={(value) => setPaper(value as Paper)}>
            <Group mt={4}>
              <Radio value="a4" label={t('slips.a4')} />
              <Radio value="a6" label={t('slips.a6')} />
            </Group>
          </Radio.Group>
          <Button onClick={() => print()}>{t('slips.print', { count: slips.length })}</Button>
        </Group>
      </Stack>
      <div className="slips" data-paper={paper}>
        {choices &&
          texts &&
          slips.flatMap((slip) => {
            const props = { slip, instance: choices.instance, texts: texts.get(slip.language)! }
            return [
              slip.initialPassword !== undefined && <SlipSheet key={slip.accountId} {...props} />,
              slip.codes !== undefined && <CodeSheet key={`${slip.accountId} codes`} {...props} />,
            ]
          })}
      </div>
    </Stack>
  )
}

/** A slip speaks the language of its person, else the instance's. */
async function textsFor(language: string | null, otherwise: string) {
  const code = isLanguage(language) ? language : isLanguage(otherwise) ? otherwise : pageLanguage()
  return { language: code, t: await textsIn(code) }
}
