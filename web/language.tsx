// English or French: by the browser's choice, or by the switch, which is remembered. Each page has its
// words beside it; `catalogue` holds both languages to the same keys.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'

export type Language = 'en' | 'fr'

export type Catalogue<Words> = { readonly en: Words; readonly fr: Words }

/** The French words are held to the English ones. */
export function catalogue<Words>(en: Words, fr: NoInfer<Words>): Catalogue<Words> {
  return { en, fr }
}

const STORED = 'hookline-language'

type Choice = { readonly language: Language; choose(language: Language): void }

const Chosen = createContext<Choice>({ language: 'en', choose() {} })

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const choice = useMemo<Choice>(
    () => ({
      language,
      choose(chosen) {
        localStorage.setItem(STORED, chosen)
        setLanguage(chosen)
      },
    }),
    [language],
  )
  return <Chosen value={choice}>{children}</Chosen>
}

export function useLanguage(): Choice {
  return useContext(Chosen)
}

export function useWords<Words>(words: Catalogue<Words>): Words {
  return words[useContext(Chosen).language]
}

export type Formats = {
  /** With the seconds: deliveries come many a minute. */
  time(iso: string): string
  day(iso: string): string
  number(value: number): string
  /** A part of 1. */
  percent(part: number): string
  seconds(value: number): string
  /** Whether that many take the singular, as zero does in French. */
  isOne(count: number): boolean
}

export function useFormats(): Formats {
  const { language } = useLanguage()
  return useMemo(() => {
    const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
    const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium' })
    const number = new Intl.NumberFormat(language)
    const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
    const plural = new Intl.PluralRules(language)
    const seconds = new Intl.NumberFormat(language, {
      style: 'unit',
      unit: 'second',
      maximumFractionDigits: 2,
    })
    return {
      time: iso => time.format(new Date(iso)),
      day: iso => day.format(new Date(iso)),
      number: value => number.format(value),
      percent: part => percent.format(part),
      seconds: value => seconds.format(value),
      isOne: count => plural.select(count) === 'one',
    }
  }, [language])
}

function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED)
  if (stored === 'en' || stored === 'fr') return stored
  const wanted = navigator.languages.map(tag => tag.slice(0, 2)).find(tag => tag === 'en' || tag === 'fr')
  return wanted === 'fr' ? 'fr' : 'en'
}
