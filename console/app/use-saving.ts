// What every form does when it is sent: it waits, shows what is refused at its fields, and keeps what was typed.
import type { UseFormReturnType } from '@mantine/form'
import { useBlocker } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFaultTexts } from './failure.tsx'

/**
 * @param save throws what the server refuses
 * @returns what to say when it was refused, and `send` for the form's submit
 */
export function useSaving<Values extends Record<string, unknown>>(
  form: UseFormReturnType<Values>,
  save: (values: Values) => Promise<void>,
): { busy: boolean; failure: unknown; send: (values: Values) => Promise<void> } {
  const { t } = useTranslation()
  const faultTexts = useFaultTexts()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  // No state: whoever saves leaves the screen before it would be drawn again.
  const saved = useRef(false)
  useBlocker({
    shouldBlockFn: () => form.isDirty() && !saved.current && !confirm(t('leave_unsaved')),
    enableBeforeUnload: () => form.isDirty() && !saved.current,
  })
  const send = async (values: Values) => {
    setBusy(true)
    setFailure(undefined)
    saved.current = true
    try {
      await save(values)
    } catch (error) {
      saved.current = false
      const faults = faultTexts(error)
      form.setErrors(faults)
      setFailure(error)
      // The first field that is wrong is where to go on.
      const first = Object.keys(faults)[0]
      if (first) requestAnimationFrame(() => document.querySelector<HTMLElement>(`[name="${first}"]`)?.focus())
    } finally {
      setBusy(false)
    }
  }
  return { busy, failure, send }
}
