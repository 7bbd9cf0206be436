import { Modal, Title } from '@mantine/core'
import type { ReactNode } from 'react'

export type DialogProps = { title: string; onClose?: () => void; children: ReactNode }

/** Asks or tells something before anything else goes on. Without `onClose` it can only be left by what it offers. */
export default function DialogFrame({ title, onClose, children }: DialogProps) {
  const fixed = onClose === undefined
  // Mantine's own header would be a second banner of the page, so the heading stands in the body.
  return (
    <Modal.Root opened onClose={onClose ?? (() => {})} closeOnEscape={!fixed} closeOnClickOutside={!fixed} centered>
      <Modal.Overlay />
      <Modal.Content aria-label={title}>
        <Modal.Body pt="md">
          <Title order={2} size="h4" mb="sm">
            {title}
          </Title>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
