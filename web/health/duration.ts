// How long something took, told in milliseconds while it is less than a second.
import { useMemo } from 'react'
import { useLanguage } from '../language.tsx'

/** Takes seconds; nothing measured is a dash. */
export function useDuration(): (seconds: number | null) => string {
  const { language } = useLanguage()
  return useMemo(() => {
    const short = new Intl.NumberFormat(language, { style: 'unit', unit: 'millisecond' })
    const long = new Intl.NumberFormat(language, {
      style: 'unit',
      unit: 'second',
      maximumFractionDigits: 2,
    })
    return seconds => {
      if (seconds === null) return '–'
      return seconds < 1 ? short.format(Math.round(seconds * 1000)) : long.format(seconds)
    }
  }, [language])
}
