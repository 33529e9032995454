import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { issueOpened, startReceiver, startTestEngine, until } from './test-engine.ts'

const exporter = new InMemorySpanExporter()
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
)

test('makes one trace of an event, from its acceptance to its settlement', async t => {
  const { engine, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t, (_, response) => response.writeHead(500).end())
  const { id } = await hook(receiver.url)
  exporter.reset()
  const [accepted] = await engine.publish([issueOpened()])
  await until(async () => exporter.getFinishedSpans().length === 3)

  const spans = exporter.getFinishedSpans()
  assert.deepEqual(
    spans.map(({ name }) => name),
    ['hookline.accept', 'hookline.attempt', 'hookline.settle'],
  )
  const traceId = accepted?.guid.replaceAll('-', '')
  for (const span of spans) {
    assert.equal(span.spanContext().traceId, traceId)
    assert.equal(span.attributes['hookline.guid'], accepted?.guid)
  }
  assert.deepEqual(spans[1]?.attributes, {
    'hookline.guid': accepted?.guid,
    'hookline.hook': id,
    'hookline.attempt': 1,
    'hookline.outcome': 'answered',
    'http.response.status_code': 500,
  })
  assert.equal(spans[1]?.status.message, 'Invalid HTTP Response: 500')
})
