// One chart over time, drawn by uPlot in the theme's colours. Those who do not see it have a table.
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

const HEIGHT_PX = 160
const FONT_PX = 12

export type Line = {
  /** The name of a colour among Primer's tokens. */
  readonly colour: string
  readonly as: 'bar' | 'line' | 'dashes'
}

export type PlotProps = {
  readonly label: string
  /** The middle of each bucket in seconds since 1970, and what belongs to each line. */
  readonly data: uPlot.AlignedData
  readonly lines: readonly Line[]
  /** Of the buckets, the first included. */
  readonly range: readonly [from: number, to: number]
  /** How far labels of time may be apart, in seconds. */
  readonly steps: readonly number[]
  /** The highest value that is shown at least. */
  readonly scaleMin: number
  /** Where the scale ends; where the values do when it is left out. */
  readonly scaleMax?: number
  value(value: number): string
  time(seconds: number): string
  /** Told which bucket is pointed at. */
  onPoint(index: number | null): void
}

export function Plot(props: PlotProps) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  // What is drawn later is drawn with what is known then.
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    const element = host.current
    if (!element) return
    const made = draw(element, latest)
    plot.current = made
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT_PX }))
    resized.observe(element)
    // The theme is an attribute above, or the system's.
    const redraw = () => made.redraw()
    const themed = new MutationObserver(redraw)
    themed.observe(document.body, { attributes: true, subtree: true, attributeFilter: ['data-color-mode'] })
    const system = matchMedia('(prefers-color-scheme: dark)')
    system.addEventListener('change', redraw)
    return () => {
      resized.disconnect()
      themed.disconnect()
      system.removeEventListener('change', redraw)
      made.destroy()
      plot.current = null
    }
  }, [])

  // Words and numbers are of another language after it was changed.
  const { data, label } = props
  useEffect(() => {
    if (label) plot.current?.setData(data)
  }, [data, label])

  return <div ref={host} role="img" aria-label={label} className="health-plot" />
}

type Latest = { readonly current: PlotProps }

function draw(host: HTMLElement, latest: Latest): uPlot {
  const colour = (name: string) => getComputedStyle(host).getPropertyValue(name)
  const font = `${FONT_PX}px ${getComputedStyle(host).fontFamily}`
  const muted = () => colour('--fgColor-muted')
  const grid = { width: 1, stroke: () => colour('--borderColor-muted') }
  const options: uPlot.Options = {
    width: host.clientWidth,
    height: HEIGHT_PX,
    padding: [8, 32, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false }, sync: { key: 'health' } },
    scales: {
      x: { range: () => [...latest.current.range] },
      y: { range: (_plot, _from, to) => [0, highest(latest.current, to)] },
    },
    axes: [
      {
        font,
        stroke: muted,
        grid: { show: false },
        ticks: { show: false },
        size: 32,
        gap: 10,
        space: 64,
        incrs: () => [...latest.current.steps],
        values: (_plot, splits) => splits.map(second => latest.current.time(second)),
      },
      {
        font,
        stroke: muted,
        grid,
        ticks: { show: false },
        size: 64,
        space: 36,
        values: (_plot, splits) => splits.map(value => latest.current.value(value)),
      },
    ],
    series: [{}, ...latest.current.lines.map(line => seriesOf(line, colour))],
    hooks: { setCursor: [({ cursor }) => latest.current.onPoint(cursor.idx ?? null)] },
  }
  return new uPlot(options, latest.current.data, host)
}

function highest({ scaleMin, scaleMax }: PlotProps, to: number | null): number {
  return scaleMax ?? Math.max(scaleMin, (to ?? 0) * 1.05)
}

function seriesOf({ colour, as }: Line, colourOf: (name: string) => string): uPlot.Series {
  const ink = () => colourOf(colour)
  if (as === 'bar') {
    return {
      fill: ink,
      width: 0,
      points: { show: false },
      ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.8, 40] }) }),
    }
  }
  return {
    stroke: ink,
    width: 2,
    ...(as === 'dashes' && { dash: [6, 4] }),
    // A bucket between two that are empty has no line.
    points: { show: true, size: 5, stroke: ink, fill: ink },
  }
}
