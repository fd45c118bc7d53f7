/** Styles of the Mantine components in use: see mantine-styles.ts. */
declare module 'virtual:mantine-styles.css'
