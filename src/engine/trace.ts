// OpenTelemetry spans of an event: accepted, attempted, settled. A GUID without its hyphens is a valid
// trace id, so all spans of an event are one trace, over restarts and nodes, with nothing to remember.
// Without a registered provider the API does nothing, and we do not even ask it.
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'

const tracer = trace.getTracer('hookline')

export type SpanRecord = {
  readonly name: 'hookline.accept' | 'hookline.attempt' | 'hookline.settle'
  readonly guid: string
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly attributes: Attributes
  /** Why it failed. */
  readonly error?: string
}

/** Whether anybody listens: asked once, since providers are registered before the program starts. */
export function isTracing(): boolean {
  const span = tracer.startSpan('hookline.start')
  const isRecording = span.isRecording()
  span.end()
  return isRecording
}

export function recordSpan({ name, guid, startedAtMs, endedAtMs, attributes, error }: SpanRecord): void {
  const span = tracer.startSpan(name, { startTime: startedAtMs, attributes }, traceOf(guid))
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
  span.end(endedAtMs)
}

function traceOf(guid: string): Context {
  const traceId = guid.replaceAll('-', '')
  // The parent is the event itself, which has no span: its id is the first half of the trace's.
  const spanId = traceId.slice(0, 16)
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  })
}
