/** Says, for a few seconds and to screen readers too, that something is done. */
export function announce(message: string): void {
  void import('./notices.tsx').then(({ notifications }) =>
    notifications.show({ message, color: 'green', withCloseButton: false, role: 'status' }),
  )
}
