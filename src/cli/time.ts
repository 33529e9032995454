// How the terminal shows a time: the clock of this machine, to the second.
const CLOCK = new Intl.DateTimeFormat('sv-SE', { timeStyle: 'medium' })

export function timeOf(date: Date): string {
  return CLOCK.format(date)
}
