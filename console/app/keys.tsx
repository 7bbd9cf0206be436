// What can be done by keys from everywhere, and the button in the header that does the same. What opens is loaded when it is asked for.
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { singleKeys } from './single-keys.ts'
import { loadTexts } from './texts.ts'

const Palette = lazy(async () => {
  const [module] = await Promise.all([import('../palette/palette.tsx'), loadTexts('palette'), loadTexts('rules')])
  return module
})
const KeysDialog = lazy(async () => {
  const [module] = await Promise.all([import('../palette/keys-dialog.tsx'), loadTexts('palette')])
  return module
})

export function Keys() {
  const { t } = useTranslation()
  const [opened, setOpened] = useState<'palette' | 'keys'>()
  const close = () => setOpened(undefined)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey
      if (isCommand && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        return setOpened('palette')
      }
      // A key that somebody types is theirs; and where something asks, nothing else goes on.
      const isTyping = event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable]')
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('[role=dialog]')) return
      if (!singleKeys.areOn()) return
      if (event.key === '?') setOpened('keys')
      if (event.key !== '/') return
      event.preventDefault()
      const search = document.querySelector<HTMLInputElement>('main input[type=search]')
      if (search) search.focus()
      else setOpened('palette')
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
  return (
    <>
      <button type="button" className="search-all" aria-keyshortcuts="Control+K" onClick={() => setOpened('palette')}>
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.8">
          <path d="M11 11l4 4M12 7a5 5 0 1 1-10 0a5 5 0 0 1 10 0" />
        </svg>
        <span>{t('search_all')}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <Suspense>
        {opened === 'palette' && <Palette onClose={close} onKeys={() => setOpened('keys')} />}
        {opened === 'keys' && <KeysDialog onClose={close} />}
      </Suspense>
    </>
  )
}
