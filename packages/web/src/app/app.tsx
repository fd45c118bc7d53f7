import { DirectionProvider, MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiFault } from '../shared/api.ts'
import { theme } from '../theme/theme.ts'
import { router } from './router.tsx'

/** Loaded after the page; what was told before it stands is shown then. */
const Notices = lazy(() => import('./notices.tsx').then(({ Notices }) => ({ default: Notices })))

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // what the server has refused stays refused; only a lost connection is tried again
      retry: (count, fault) => fault instanceof ApiFault && fault.isOffline && count < 5,
      retryDelay: (count) => Math.min(500 * 2 ** count, 8000),
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

/** Mantine has a direction of its own; it follows that of the page. */
function Direction(): null {
  const { i18n } = useTranslation()
  useEffect(() => {
    document.documentElement.dir ||= i18n.dir()
  }, [i18n])
  return null
}

export function App() {
  return (
    <DirectionProvider detectDirection initialDirection={document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr'}>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <Suspense>
          <Notices />
        </Suspense>
        <QueryClientProvider client={queries}>
          <Suspense>
            <Direction />
            <RouterProvider router={router} />
          </Suspense>
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  )
}
