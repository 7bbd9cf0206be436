// Search everything: people with what can be done to them, screens, teams, modules, rules by name with their present value.
import { useDebouncedValue } from '@mantine/hooks'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../app/dialog.tsx'
import { Ask } from '../users/selection-bar.tsx'
import { type Asked, type Entry, useEntries } from './entries.ts'
import './palette.css'

const groups = ['people', 'screens', 'teams', 'modules', 'rules'] as const

export default function Palette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const { t } = useTranslation('palette')
  const [typed, setTyped] = useState('')
  const [words] = useDebouncedValue(typed.trim(), 120)
  const [active, setActive] = useState(0)
  const [asked, setAsked] = useState<Asked>()
  const { entries, isLooking } = useEntries(words, setAsked)
  const current = Math.min(active, entries.length - 1)
  const choose = (entry: Entry | undefined) => {
    if (entry === undefined) return
    entry.choose()
    // What asks takes the place of this; everything else leaves it.
    if (!entry.asks) onClose()
  }
  // Whoever types fast and presses Enter means what they have typed, and not what was found before the last letters.
  const [isChosen, setChosen] = useState(false)
  const isSettled = words === typed.trim() && !isLooking
  useEffect(() => {
    if (!isChosen || !isSettled) return
    setChosen(false)
    choose(entries[current])
  })
  if (asked) return <Ask act={asked.act} accountIds={[asked.accountId]} choices={undefined} onClose={onClose} />

  const press = (event: KeyboardEvent) => {
    const last = entries.length - 1
    const to = { ArrowDown: current >= last ? 0 : current + 1, ArrowUp: current <= 0 ? last : current - 1 }[event.key]
    if (event.key === 'Enter') {
      event.preventDefault()
      return setChosen(true)
    }
    if (to === undefined) return
    event.preventDefault()
    setActive(to)
    document.getElementById(optionId(entries[to]))?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <Dialog title={t('title')} onClose={onClose}>
      <input
        type="search"
        className="palette-field"
        role="combobox"
        aria-label={t('title')}
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={optionId(entries[current])}
        aria-autocomplete="list"
        placeholder={t('placeholder')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={200}
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value)
          setActive(0)
        }}
        onKeyDown={press}
        data-autofocus
      />
      <div id="palette-list" role="listbox" aria-label={t('found')} className="palette-list">
        {groups.map((group) => {
          const own = entries.filter((entry) => entry.group === group)
          if (own.length === 0) return null
          return (
            <div key={group} role="presentation">
              <div className="palette-group" aria-hidden="true">
                {t(`group.${group}`)}
              </div>
              {own.map((entry) => (
                <div
                  key={entry.id}
                  id={optionId(entry)}
                  role="option"
                  tabIndex={-1}
                  aria-selected={entry === entries[current]}
                  aria-label={entry.whose && `${entry.whose}: ${entry.text}`}
                  className={entry.whose && 'palette-part'}
                  onClick={() => choose(entry)}
                  onKeyDown={press}
                  onPointerMove={() => setActive(entries.indexOf(entry))}
                >
                  <span className="break">{entry.text}</span>
                  {entry.hint && <span className="quiet break">{entry.hint}</span>}
                </div>
              ))}
            </div>
          )
        })}
      </div>
      <p role="status" className="quiet">
        {entries.length === 0 && !isLooking && words !== '' && t('none')}
      </p>
      <button type="button" className="palette-keys" onClick={onKeys}>
        {t('keys')} <kbd>?</kbd>
      </button>
    </Dialog>
  )
}

function optionId(entry: Entry | undefined): string {
  return entry === undefined ? '' : `palette-${entry.group}-${entry.id.replaceAll('/', '-')}`
}
