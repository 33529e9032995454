// How long something took: a local server often answers within a millisecond.
import { useMemo } from 'react'
import { useLanguage } from '../language.tsx'

/** Takes milliseconds; what is not over is a dash. */
export function useTook(): (ms: number | null) => string {
  const { language } = useLanguage()
  return useMemo(() => {
    const formatOf = (unit: string, maximumFractionDigits: number) =>
      new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits })
    const [fine, short, long] = [
      formatOf('millisecond', 1),
      formatOf('millisecond', 0),
      formatOf('second', 2),
    ]
    return ms => {
      if (ms === null) return '–'
      if (ms >= 1000) return long.format(ms / 1000)
      return (ms < 10 ? fine : short).format(ms)
    }
  }, [language])
}
