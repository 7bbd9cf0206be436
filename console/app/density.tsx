import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'

const kept = 'gatehouse-density'
type Density = 'dense' | 'roomy'
const listeners = new Set<() => void>()
let density: Density = localStorage.getItem(kept) === 'roomy' ? 'roomy' : 'dense'
document.documentElement.dataset.density = density

function choose(to: Density): void {
  density = to
  localStorage.setItem(kept, to)
  document.documentElement.dataset.density = to
  for (const listener of listeners) listener()
}

/** Lets whoever looks at a list choose whether its rows are low or high; this browser remembers it. */
export function DensitySwitch() {
  const { t } = useTranslation()
  const chosen = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => density,
  )
  return (
    <fieldset className="density">
      <legend className="spoken">{t('density.title')}</legend>
      {(['dense', 'roomy'] as const).map((each) => (
        <label key={each} data-chosen={chosen === each || undefined}>
          <input type="radio" name="density" className="spoken" checked={chosen === each} onChange={() => choose(each)} />
          {t(`density.${each}`)}
        </label>
      ))}
    </fieldset>
  )
}
