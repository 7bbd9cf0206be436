// What says for a moment that something is done, and for longer that somebody waits. Not needed for the first screen, so it comes after it.
import '@mantine/core/styles/Notification.css'
import '@mantine/notifications/styles.css'
import { Notifications, notifications } from '@mantine/notifications'

export { notifications }

export default function Notices() {
  return <Notifications position="top-center" />
}
