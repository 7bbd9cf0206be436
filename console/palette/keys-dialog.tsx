import { Button, Group, Switch } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../app/dialog.tsx'
import { singleKeys } from '../app/single-keys.ts'
import './palette.css'

const keys = ['all', 'search', 'keys', 'list'] as const
const caps = { all: ['Ctrl', 'K'], search: ['/'], keys: ['?'], list: ['↑', '↓', 'Enter'] }

/** What the keys do, and the switch for those that stand alone. */
export default function KeysDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('palette')
  const [on, setOn] = useState(singleKeys.areOn)
  return (
    <Dialog title={t('keys')} onClose={onClose}>
      <dl className="keys">
        {keys.map((key) => (
          <div key={key}>
            <dt>
              {caps[key].map((cap) => (
                <kbd key={cap}>{cap}</kbd>
              ))}
            </dt>
            <dd>{t(`key.${key}`)}</dd>
          </div>
        ))}
      </dl>
      <Switch
        label={t('single')}
        description={t('single_for')}
        checked={on}
        onChange={({ currentTarget: { checked } }) => {
          singleKeys.turn(checked)
          setOn(checked)
        }}
      />
      <Group justify="end" mt="md">
        <Button variant="default" onClick={onClose}>
          {t('console:close')}
        </Button>
      </Group>
    </Dialog>
  )
}
