import './app/mantine.css'
import './app/console.css'
import './app/list.css'
import './app/forced-colours.css'
import { MantineProvider } from '@mantine/core'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { setNonce } from 'get-nonce'
import { lazy, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiProblem } from './app/api.ts'
import { isAway, onConnection } from './app/connection.ts'
import { loadAllScreens } from './app/lazy-screen.ts'
import { router } from './app/router.tsx'
import { SessionGate } from './app/session.tsx'
import { openTexts } from './app/texts.ts'
import { theme } from './app/theme.ts'

const Notices = lazy(() => import('./app/notices.tsx'))
const root = document.getElementById('console')!
// The page's policy lets styles in only with this value.
const nonce = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')!.content
setNonce(nonce)

// A profile can change while somebody works: what it no longer permits goes from the screen too.
const onError = (error: unknown) => {
  if (error instanceof ApiProblem && error.code === 'not_permitted') void queries.invalidateQueries({ queryKey: ['session'] })
}
const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      // What the server refuses, it refuses again; a network that is away is tried again.
      retry: (times, error) => times < 2 && error instanceof ApiProblem && (error.status === 0 || error.status >= 502),
      refetchOnWindowFocus: true,
      staleTime: 5000,
      // What cannot be asked for without a network is said, and not silently put off.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

// What failed while nobody answered is asked for anew as soon as somebody does.
onConnection(() => {
  if (!isAway()) void queries.invalidateQueries()
})

await openTexts()
createRoot(root).render(
  <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
    <Suspense>
      <Notices />
    </Suspense>
    <QueryClientProvider client={queries}>
      <SessionGate>
        <RouterProvider router={router} />
      </SessionGate>
    </QueryClientProvider>
  </MantineProvider>,
)
loadAllScreens(() => queries.isFetching() > 0)
