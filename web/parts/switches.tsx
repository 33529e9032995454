// The two choices that every page offers: its language and its theme.
import { MoonIcon, SunIcon } from '@primer/octicons-react'
import { Button, IconButton } from '@primer/react'
import { catalogue, useLanguage, useWords } from '../language.tsx'
import { useMode } from '../theme.tsx'

const WORDS = catalogue(
  { language: 'Français', dark: 'Dark theme', light: 'Light theme' },
  { language: 'English', dark: 'Thème sombre', light: 'Thème clair' },
)

export function LanguageSwitch() {
  const words = useWords(WORDS)
  const { language, choose } = useLanguage()
  const other = language === 'en' ? 'fr' : 'en'
  return (
    <Button variant="invisible" lang={other} onClick={() => choose(other)}>
      {words.language}
    </Button>
  )
}

export function ThemeSwitch() {
  const words = useWords(WORDS)
  const { isDark, choose } = useMode()
  return (
    <IconButton
      variant="invisible"
      icon={isDark ? SunIcon : MoonIcon}
      aria-label={isDark ? words.light : words.dark}
      onClick={() => choose(isDark ? 'light' : 'dark')}
    />
  )
}
