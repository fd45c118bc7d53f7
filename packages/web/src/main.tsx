import '@fontsource-variable/atkinson-hyperlegible-next/wght.css'
import 'virtual:mantine-styles.css'
import './theme/tokens.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { startWords } from './shared/words.ts'

await startWords()
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
