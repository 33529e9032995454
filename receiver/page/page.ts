// The page: repositories by popularity, the chosen one's issues per day, and the latest deliveries.
// It keeps one small state, fetches whenever the receiver says that something changed, and draws.
// Which repository and how many days are in the address, so that a reload or a link shows the same.
import 'uplot/dist/uPlot.min.css'
import './page.css'
import { Chart } from './chart.ts'
import { drawDeliveries, drawStats, drawTable, drawWelcome, Ranking } from './draw.ts'
import { byId } from './element.ts'
import { type Delivery, fetchJson, type Line, listen, type Popularity, Refused, type Setup } from './feed.ts'
import { type Format, formatIn } from './format.ts'
import { isLanguage, preferredLanguage, rememberLanguage } from './words.ts'

const DAYS_DEFAULT = '30'
const TRY_AGAIN_AFTER_MS = 5000
/** A page that is left open begins a new day by itself. */
const LOOK_AT_CLOCK_EVERY_MS = 30_000

type Shown = {
  readonly popularity: readonly Popularity[]
  readonly deliveries: readonly Delivery[]
  readonly setup: Setup
}

const address = new URLSearchParams(location.search)
const timeZone = knownTimeZone()
const chart = new Chart(byId('chart'))
const ranking = new Ranking(repository => {
  address.set('repository', repository)
  keepAddress()
  draw()
})

let format: Format = formatIn(preferredLanguage())
let shown: Shown | undefined
let failure: unknown
let line: Line = 'opening'
let day = new Date().toDateString()
let fetching = false
let fetchAgain = false
let trying: ReturnType<typeof setTimeout> | undefined

switchLanguage(preferredLanguage())
wireSegments('language', preferredLanguage(), language => {
  rememberLanguage(isLanguage(language) ? language : 'en')
  switchLanguage(language)
})
wireSegments('period', daysShown(), days => {
  address.set('days', days)
  keepAddress()
  refresh()
})
byId('retry').addEventListener('click', refresh)
setInterval(beginDay, LOOK_AT_CLOCK_EVERY_MS)
listen(refresh, state => {
  line = state
  drawLine()
})
refresh()

/** One fetch at a time; what changes meanwhile is fetched once more after it. */
async function refresh(): Promise<void> {
  fetchAgain = fetching
  if (fetching) return
  fetching = true
  byId('figures').setAttribute('aria-busy', 'true')
  const query = new URLSearchParams({ days: daysShown(), time_zone: timeZone })
  try {
    const [popularity, deliveries, setup] = await Promise.all([
      fetchJson<Popularity[]>(`popularity.json?${query}`),
      fetchJson<Delivery[]>('deliveries.json'),
      fetchJson<Setup>('setup.json'),
    ])
    announce(popularity)
    shown = { popularity, deliveries, setup }
    failure = undefined
  } catch (error) {
    failure = error
    clearTimeout(trying)
    trying = setTimeout(refresh, TRY_AGAIN_AFTER_MS)
  }
  fetching = false
  draw()
  if (fetchAgain) refresh()
}

function draw(): void {
  const { words } = format
  document.body.dataset.phase = phase()
  drawLine()
  byId('failure').textContent = failure instanceof Refused ? words.failedWith(failure.message) : words.failed
  byId('figures').setAttribute('aria-busy', String(shown === undefined))
  if (shown === undefined) return
  drawDeliveries(shown.deliveries, format)
  if (phase() === 'empty') drawWelcome(shown.setup, shown.deliveries.length > 0, format)

  const chosen = chosenRepository()
  if (chosen === undefined) return
  ranking.draw(shown.popularity, chosen.repository, format)
  byId('repository').textContent = chosen.repository
  drawStats(chosen, format)
  drawTable(chosen, format)
  byId('quiet').hidden = chosen.total > 0
  chart.show(chosen, format)
}

/** Figures that are there stay there when a later fetch fails; the line tells that they may be old. */
function phase(): 'loading' | 'failed' | 'empty' | 'ready' {
  if (shown === undefined) return failure === undefined ? 'loading' : 'failed'
  return shown.popularity.length === 0 ? 'empty' : 'ready'
}

function chosenRepository(): Popularity | undefined {
  const wanted = address.get('repository')
  return shown?.popularity.find(({ repository }) => repository === wanted) ?? shown?.popularity[0]
}

/** Tells a screen reader of new issues in the repository that is shown. */
function announce(popularity: readonly Popularity[]): void {
  const before = chosenRepository()
  const after = popularity.find(({ repository }) => repository === before?.repository)
  if (before === undefined || after === undefined || before.days.length !== after.days.length) return
  if (after.total > before.total)
    byId('news').textContent = format.words.news(after.repository, format.issues(after.total))
}

function drawLine(): void {
  const state = line === 'live' && failure !== undefined ? 'lost' : line
  byId('line').dataset.line = state
  const [text] = byId('line').children
  if (text) text.textContent = format.words[state]
}

function switchLanguage(language: string): void {
  const known = isLanguage(language) ? language : 'en'
  format = formatIn(known)
  const { words } = format
  document.documentElement.lang = known
  document.title = `${words.title} · Hookline`
  for (const slot of document.querySelectorAll<HTMLElement>('[data-words]')) {
    const text = Object.entries(words).find(([name]) => name === slot.dataset.words)?.[1]
    if (typeof text === 'string') slot.textContent = text
  }
  for (const button of buttonsOf('period')) button.textContent = words.days(Number(button.value))
  byId('lead').textContent = words.lead(timeZone.replaceAll('_', ' '))
  draw()
}

/** A row of buttons of which one is pressed. */
function wireSegments(id: string, value: string, onChoice: (value: string) => void): void {
  const press = (chosen: string) => {
    for (const button of buttonsOf(id)) button.setAttribute('aria-pressed', String(button.value === chosen))
  }
  for (const button of buttonsOf(id)) {
    button.addEventListener('click', () => {
      press(button.value)
      onChoice(button.value)
    })
  }
  press(value)
}

function buttonsOf(id: string): NodeListOf<HTMLButtonElement> {
  return byId(id).querySelectorAll('button')
}

function daysShown(): string {
  const days = address.get('days') ?? DAYS_DEFAULT
  return ['7', '30', '90'].includes(days) ? days : DAYS_DEFAULT
}

function keepAddress(): void {
  history.replaceState(null, '', `?${address}`)
}

function beginDay(): void {
  const today = new Date().toDateString()
  if (today === day) return
  day = today
  refresh()
}

/** Some browsers say Etc/Unknown where the system does not tell. */
function knownTimeZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  return timeZone && timeZone !== 'Etc/Unknown' ? timeZone : 'UTC'
}
