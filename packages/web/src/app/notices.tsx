// the component stands inside the package of notices: the list of components in use (mantine-styles.ts) does not see it
import '@mantine/core/styles/Notification.css'
import '@mantine/core/styles/CloseButton.css'
import '@mantine/notifications/styles.css'
import { Notifications } from '@mantine/notifications'

/** Short words about what was done, with a way to undo it where there is one. */
export const Notices = () => <Notifications position="bottom-right" autoClose={8000} />
