import { Fieldset, List, Text, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Catalogue } from './profile-form.tsx'

/** What a profile permits and what not, to be read. */
export function PermissionList({ catalogue, given }: { catalogue: Catalogue; given: readonly string[] }) {
  const { t } = useTranslation()
  const areas = Map.groupBy(catalogue, ({ area }) => area)
  return (
    <div className="areas">
      {[...areas].map(([area, each]) => (
        <Fieldset key={area} legend={<Text fw={600}>{t(`permissions:areas.${area}`)}</Text>}>
          <List listStyleType="none" spacing={6} size="sm" styles={{ itemWrapper: { alignItems: 'flex-start' } }}>
            {each.map(({ key }) => {
              const has = given.includes(key)
              return (
                <List.Item
                  key={key}
                  icon={
                    <Text span inherit fw={700} w="1em" ta="center" display="inline-block" c={has ? undefined : 'dimmed'}>
                      <span aria-hidden="true">{has ? '✓' : '–'}</span>
                      <VisuallyHidden>{t(has ? 'profiles.permitted' : 'profiles.not_permitted')}: </VisuallyHidden>
                    </Text>
                  }
                >
                  <Text span inherit c={has ? undefined : 'dimmed'}>
                    {t(`permissions:${key}`)}
                  </Text>
                </List.Item>
              )
            })}
          </List>
        </Fieldset>
      ))}
    </div>
  )
}
