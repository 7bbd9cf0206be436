import { useTranslation } from 'react-i18next'

const builtIn = ['Administrator', 'Supervisor', 'Agent']

/** A profile's name as people read it: those of the built-in profiles are translated, own ones are as they were typed. */
export function useProfileName(): (name: string) => string {
  const { t } = useTranslation()
  return (name) => (builtIn.includes(name) ? t(`profiles:${name.toLowerCase()}`) : name)
}
