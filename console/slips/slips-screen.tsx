// Slips to print: each hands one initial password to one person. They are shown this one time.
import { Alert, Button, Group, Radio, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Heading } from '../app/heading.tsx'
import { keepSlips, keptSlips, type Slip } from './kept-slips.ts'
import { keepPaper, type Paper, paperNames, sheetsOf, usualPaper } from './paper.ts'
import { CodeSheet, SlipSheet, useSlipWords } from './slip-sheet.tsx'

export default function SlipsScreen() {
  const { t } = useTranslation()
  const [slips] = useState(keptSlips)
  const [paper, setPaper] = useState<Paper>(usualPaper)
  const words = useSlipWords(slips)
  // They are gone for ever: who leaves should mean it.
  useBlocker({ shouldBlockFn: () => slips.length > 0 && !confirm(t('slips.leave')), enableBeforeUnload: slips.length > 0 })
  useEffect(() => () => keepSlips([]), [])

  if (slips.length === 0)
    return (
      <Stack>
        <Heading>{t('slips.title')}</Heading>
        <Text>{t('slips.none')}</Text>
      </Stack>
    )
  return (
    <Stack>
      <Stack>
        <Heading>{t('slips.title')}</Heading>
        <Alert color="yellow" title={t('slips.once')}>
          {t('slips.once_next')}
        </Alert>
        <Group align="end">
          <Radio.Group
            label={t('slips.paper')}
            value={paper}
            onChange={(value) => {
              setPaper(value as Paper)
              keepPaper(value as Paper)
            }}
          >
            <Group mt={4}>
              {paperNames.map((each) => (
                <Radio key={each} value={each} label={t(`slips.${each}`)} />
              ))}
            </Group>
          </Radio.Group>
          <Button onClick={() => print()}>{t('slips.print', { count: slips.length })}</Button>
        </Group>
      </Stack>
      <div className="slips" data-paper={paper}>
        {words &&
          sheetsOf(slips.flatMap(facesOf), paper).map((sheet) => (
            <section key={sheet[0]!.key} className="sheet">
              {sheet.map(({ key, slip, Face }) => (
                <Face key={key} slip={slip} instance={words.instance} texts={words.textsOf(slip)} />
              ))}
            </section>
          ))}
      </div>
    </Stack>
  )
}

/** What is printed of a slip, each on a place of its own: the initial password, the code sheet, or both. */
function facesOf(slip: Slip) {
  return [
    ...(slip.initialPassword === undefined ? [] : [{ key: slip.accountId, slip, Face: SlipSheet }]),
    ...(slip.codes === undefined ? [] : [{ key: `${slip.accountId} codes`, slip, Face: CodeSheet }]),
  ]
}
