// Light, dark, or as the system has it: the choice is remembered.
import { ThemeProvider } from '@primer/react'
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'

export type Mode = 'auto' | 'light' | 'dark'

const STORED = 'hookline-theme'

type Choice = { readonly mode: Mode; choose(mode: Mode): void }

const Chosen = createContext<Choice>({ mode: 'auto', choose() {} })

export function Theme({ children }: { readonly children: ReactNode }) {
  const [mode, setMode] = useState<Mode>(firstMode)
  const choice = useMemo<Choice>(
    () => ({
      mode,
      choose(chosen) {
        localStorage.setItem(STORED, chosen)
        setMode(chosen)
      },
    }),
    [mode],
  )
  return (
    <Chosen value={choice}>
      <ThemeProvider colorMode={mode}>{children}</ThemeProvider>
    </Chosen>
  )
}

export function useMode(): Choice {
  return useContext(Chosen)
}

function firstMode(): Mode {
  const stored = localStorage.getItem(STORED)
  return stored === 'light' || stored === 'dark' ? stored : 'auto'
}
