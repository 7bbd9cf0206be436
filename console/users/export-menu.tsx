import { Button, Menu } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { UsersSearch } from '../app/router.tsx'

/** Takes the list as it is filtered into a spreadsheet. */
export function ExportMenu({ filter }: { filter: UsersSearch }) {
  const { t } = useTranslation()
  const query = (format: string) => {
    const { sort: _, direction: __, ...given } = filter
    return new URLSearchParams({
      format,
      ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value)) as Record<string, string>),
    })
  }
  return (
    <Menu withinPortal={false} position="bottom-end">
      <Menu.Target>
        <Button variant="default">{t('users.export')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {['csv', 'xlsx'].map((format) => (
          <Menu.Item key={format} component="a" href={`/api/accounts/export?${query(format)}`} download>
            {t('users.export_as', { format: format.toUpperCase() })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
