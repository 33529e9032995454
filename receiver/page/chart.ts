// The bars of one repository, a bar a day, drawn by uPlot. Pointing at a day, tapping it, or going
// to it with the arrow keys shows its date and number; to a screen reader the chart is a slider
// over the days, whose value is read.
import uPlot from 'uplot'
import { element } from './element.ts'
import type { Popularity } from './feed.ts'
import type { Format } from './format.ts'

const HEIGHT_PX = 260
const HEIGHT_NARROW_PX = 210
const NARROW_PX = 480
/** Room that the label of a day needs. */
const LABEL_PX = 58
/** A scale of less than this would make one issue look like a storm. */
const SCALE_MIN = 4

export class Chart {
  readonly #host: HTMLElement
  readonly #tip = element('div', { class: 'tip', hidden: '' })
  readonly #tipDay = element('span')
  readonly #tipCount = element('strong')
  readonly #column = element('div', { class: 'column', hidden: '' })
  #plot: uPlot | undefined
  #shown: { readonly popularity: Popularity; readonly format: Format } | undefined
  #at: number | null = null

  constructor(host: HTMLElement) {
    this.#host = host
    this.#tip.append(this.#tipCount, this.#tipDay)
    host.setAttribute('role', 'slider')
    host.setAttribute('aria-orientation', 'horizontal')
    host.setAttribute('aria-readonly', 'true')
    host.tabIndex = 0
    host.addEventListener('keydown', event => this.#step(event))
    host.addEventListener('focus', () => host.matches(':focus-visible') && this.#point(this.#current()))
    host.addEventListener('blur', () => this.#point(null))
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(host)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#plot?.redraw())
  }

  show(popularity: Popularity, format: Format): void {
    const same = this.#shown?.popularity.days.length === popularity.days.length
    this.#shown = { popularity, format }
    if (!same) this.#at = null
    this.#plot ??= this.#draw()
    const { days } = popularity
    this.#plot.setData([days.map((_, n) => n), days.map(({ opened }) => opened)])
    this.#host.setAttribute('aria-label', format.words.chart(popularity.repository))
    this.#host.setAttribute('aria-valuemin', '0')
    this.#host.setAttribute('aria-valuemax', String(days.length - 1))
    this.#point(this.#at)
  }

  #draw(): uPlot {
    const muted = () => this.#colour('--muted')
    const font = `12px ${getComputedStyle(this.#host).fontFamily}`
    const plot = new uPlot(
      {
        ...this.#size(),
        padding: [12, 18, 0, 0],
        legend: { show: false },
        cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: {
          x: { time: false, range: (_, from, to) => [from - 0.5, to + 0.5] },
          y: { range: (_, _from, to) => [0, Math.max(SCALE_MIN, to)] },
        },
        axes: [
          {
            font,
            stroke: muted,
            grid: { show: false },
            ticks: { show: false },
            size: 28,
            splits: plot => this.#labelled(plot),
            values: (_, splits) => splits.map(n => this.#label(n)),
          },
          {
            font,
            stroke: muted,
            border: { show: false },
            grid: { width: 1, stroke: () => this.#colour('--grid') },
            ticks: { show: false },
            size: 40,
            gap: 8,
            space: 44,
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000],
            values: (_, splits) => splits.map(value => this.#shown?.format.count(value) ?? ''),
          },
        ],
        series: [
          {},
          {
            fill: () => this.#colour('--bar'),
            width: 0,
            points: { show: false },
            ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.7, 40], radius: [0.25, 0] }) }),
          },
        ],
        hooks: { setCursor: [({ cursor }) => this.#point(cursor.idx ?? null)] },
      },
      [[], []],
      this.#host,
    )
    plot.under.append(this.#column)
    plot.over.append(this.#tip)
    return plot
  }

  /** The last day always has its label, and as many before it as there is room for. */
  #labelled(plot: uPlot): number[] {
    const days = this.#shown?.popularity.days.length ?? 0
    const every = Math.max(1, Math.ceil((days * LABEL_PX) / (plot.bbox.width / uPlot.pxRatio)))
    return Array.from({ length: days }, (_, n) => n).filter(n => (days - 1 - n) % every === 0)
  }

  #label(n: number): string {
    const { popularity, format } = this.#shown ?? {}
    const date = popularity?.days[n]?.date
    if (date === undefined || format === undefined) return ''
    return popularity?.days.length === 7 ? format.weekday(date) : format.shortDay(date)
  }

  #step(event: KeyboardEvent): void {
    const last = (this.#shown?.popularity.days.length ?? 1) - 1
    const to = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageUp: 7,
      PageDown: -7,
      Home: -last,
      End: last,
    }[event.key]
    if (event.key === 'Escape') this.#point(null)
    if (to === undefined) return
    event.preventDefault()
    this.#point(Math.min(last, Math.max(0, this.#current() + to)))
  }

  #current(): number {
    return this.#at ?? (this.#shown?.popularity.days.length ?? 1) - 1
  }

  /** Shows one day's date and number, or none's. */
  #point(n: number | null): void {
    if (this.#plot === undefined || this.#shown === undefined) return
    const { popularity, format } = this.#shown
    this.#at = n
    this.#describe(popularity, format)
    const day = n === null ? undefined : popularity.days[n]
    this.#tip.hidden = day === undefined
    this.#column.hidden = day === undefined
    if (n === null || day === undefined) return

    const { over } = this.#plot
    const left = this.#plot.valToPos(n - 0.5, 'x')
    const width = this.#plot.valToPos(n + 0.5, 'x') - left
    this.#column.style.left = `${left}px`
    this.#column.style.width = `${width}px`
    this.#tipCount.textContent = format.issues(day.opened)
    this.#tipDay.textContent = format.tipDay(day.date)
    // Beside the bar, so that it hides neither this bar nor, mostly, its neighbours' tops.
    const beside = left + width + 6
    const fits = beside + this.#tip.offsetWidth <= over.clientWidth
    this.#tip.style.left = `${fits ? beside : Math.max(0, left - this.#tip.offsetWidth - 6)}px`
    const lowest = over.clientHeight - this.#tip.offsetHeight
    this.#tip.style.top = `${Math.min(lowest, this.#plot.valToPos(day.opened, 'y'))}px`
  }

  #describe({ days }: Popularity, format: Format): void {
    const now = this.#current()
    const day = days[now]
    this.#host.setAttribute('aria-valuenow', String(now))
    if (day)
      this.#host.setAttribute(
        'aria-valuetext',
        format.words.issuesOn(format.fullDay(day.date), format.issues(day.opened)),
      )
  }

  #size() {
    const width = this.#host.clientWidth
    return { width, height: width < NARROW_PX ? HEIGHT_NARROW_PX : HEIGHT_PX }
  }

  #colour(name: string): string {
    return getComputedStyle(this.#host).getPropertyValue(name)
  }
}
