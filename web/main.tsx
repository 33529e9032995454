// Where the pages begin.
import '@primer/primitives/dist/css/functional/themes/light.css'
import '@primer/primitives/dist/css/functional/themes/dark.css'
import '@primer/primitives/dist/css/primitives.css'
import './web.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { LanguageProvider } from './language.tsx'
import { queries } from './queries.ts'
import { router } from './router.tsx'
import { Theme } from './theme.tsx'

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
