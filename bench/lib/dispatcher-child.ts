// The process of one dispatcher: opens it, and offers it the load of each turn.
import { forSeconds, runClosedLoop, Stored } from './closed-loop.ts'
import type { DispatcherOptions, OpenDispatcher, Turn } from './dispatcher.ts'
import { payloadOf, payloadTemplate } from './payload.ts'

const CLOSE_DEADLINE_MS = 5_000

const [module = '', text = '{}'] = process.argv.slice(2)
const { open } = (await import(module)) as { open: OpenDispatcher }
const stored = new Stored()
const options = JSON.parse(text) as Omit<DispatcherOptions, 'stored'>
const dispatcher = await open({ ...options, stored })
const template = payloadTemplate()

process.on('message', async ({ seconds, receivers }: Turn) => {
  const run = await runClosedLoop({
    window: dispatcher.window(receivers),
    stored,
    more: forSeconds(seconds),
    accept: index => dispatcher.accept(index % receivers, payloadOf(template)),
  })
  process.send?.(run)
})
process.on('disconnect', () => {
  // Its services may be gone already.
  setTimeout(() => process.exit(1), CLOSE_DEADLINE_MS).unref()
  void dispatcher.close().finally(() => process.exit())
})
process.send?.('ready')
