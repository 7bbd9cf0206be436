import { lazy, Suspense } from 'react'
import type { DialogProps } from './dialog-frame.tsx'

const load = () => import('./dialog-frame.tsx')
const DialogFrame = lazy(load)

/** So that it is there when the network is not. */
export const loadDialog = load

/** Asks or tells something before anything else goes on. It is loaded when something asks. */
export function Dialog(props: DialogProps) {
  return (
    <Suspense>
      <DialogFrame {...props} />
    </Suspense>
  )
}
