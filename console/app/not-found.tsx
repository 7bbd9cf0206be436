import { Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <>
      <Title order={1}>{t('problems:not_found.title')}</Title>
      <Text>{t('problems:not_found.next')}</Text>
    </>
  )
}
