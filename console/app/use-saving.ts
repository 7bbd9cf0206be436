// What every form does when it is sent: it waits, shows what is refused at its fields, and keeps what was typed.
import type { UseFormReturnType } from '@mantine/form'
import { useBlocker } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
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
  const wrong = useRef<string>(undefined)
  useBlocker({
    shouldBlockFn: () => form.isDirty() && !saved.current && !confirm(t('leave_unsaved')),
    enableBeforeUnload: () => form.isDirty() && !saved.current,
  })
  // What was said of the former values says nothing of the ones of now.
  useEffect(() => setFailure(undefined), [form.values])
  // The first field that is wrong is where to go on; only when the form waits no more can it be gone to.
  useEffect(() => {
    if (busy || wrong.current === undefined) return
    document.querySelector<HTMLElement>(`[name="${wrong.current}"], [data-path="${wrong.current}"]`)?.focus()
    wrong.current = undefined
  }, [busy])
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
      wrong.current = Object.keys(faults)[0]
    } finally {
      setBusy(false)
    }
  }
  return { busy, failure, send }
}
