import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Heading } from './heading.tsx'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <>
      <Heading>{t('problems:not_found.title')}</Heading>
      <Text>{t('problems:not_found.next')}</Text>
    </>
  )
}
