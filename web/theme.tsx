// Light, dark, or as the system has it: the choice is remembered.
import { ThemeProvider } from '@primer/react'
import { createContext, type ReactNode, useContext, useMemo, useState, useSyncExternalStore } from 'react'

export type Mode = 'auto' | 'light' | 'dark'

const STORED = 'hookline-theme'

const SYSTEM_DARK = matchMedia('(prefers-color-scheme: dark)')

function watchSystem(changed: () => void): () => void {
  SYSTEM_DARK.addEventListener('change', changed)
  return () => SYSTEM_DARK.removeEventListener('change', changed)
}

type Choice = {
  /** What is shown, whoever chose it. */
  readonly isDark: boolean
  choose(mode: Mode): void
}

const Chosen = createContext<Choice>({ isDark: false, choose() {} })

export function Theme({ children }: { readonly children: ReactNode }) {
  const [mode, setMode] = useState<Mode>(firstMode)
  const isSystemDark = useSyncExternalStore(watchSystem, () => SYSTEM_DARK.matches)
  const isDark = mode === 'auto' ? isSystemDark : mode === 'dark'
  const choice = useMemo<Choice>(
    () => ({
      isDark,
      choose(chosen) {
        localStorage.setItem(STORED, chosen)
        setMode(chosen)
      },
    }),
    [isDark],
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
