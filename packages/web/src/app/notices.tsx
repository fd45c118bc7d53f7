import '@mantine/notifications/styles.css'
import { Notifications } from '@mantine/notifications'

/** Short words about what was done, with a way to undo it where there is one. */
export const Notices = () => <Notifications position="bottom-right" autoClose={8000} />
