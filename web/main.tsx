// Where the pages begin.
import '@primer/primitives/dist/css/functional/themes/light.css'
import '@primer/primitives/dist/css/functional/themes/dark.css'
import '@primer/primitives/dist/css/primitives.css'
import './web.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api.ts'
import { LanguageProvider } from './language.tsx'
import { router } from './router.tsx'
import { Theme } from './theme.tsx'

const RETRIES_MAX = 2

const queries = new QueryClient({
  defaultOptions: {
    // The server may be on this very machine: what a browser thinks of its network tells nothing of it, and
    // whoever saves is told at once that nothing answered.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      // What was refused once is refused again; what did not answer may answer.
      retry: (failures, error) =>
        failures < RETRIES_MAX && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      staleTime: 2_000,
    },
  },
})

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LanguageProvider>
        <Theme>
          <RouterProvider router={router} />
        </Theme>
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
)
