import { listenToOperations, type OperationTrace, type Unsubscribe } from '@harborage/core'
import { SpanKind, SpanStatusCode, type Meter, type Span, type Tracer } from '@opentelemetry/api'

/** The outcomes of failed operations, as opposed to negative answers. */
const failures: ReadonlySet<string | undefined> = new Set([
  'store_unavailable',
  'outcome_unknown',
  'artifact_corrupt',
  'summarizer_failed',
  'summarizer_timed_out',
  'invalid_summary',
  'failed',
])

/**
 * Creates a span for every operation of every store in this process, as a child of the caller's
 * active span, and records its duration in a histogram.
 */
export function instrumentHarborage(tracer: Tracer, meter: Meter): Unsubscribe {
  const spans = new WeakMap<OperationTrace, Span>()
  const durations = meter.createHistogram('harborage.operation.duration', {
    description: 'How long the operations of the stores take, by operation and outcome.',
    unit: 'ms',
  })
  return listenToOperations({
    onStart(operation) {
      const name = `${operation.store}.${operation.operation}`
      spans.set(operation, tracer.startSpan(name, { kind: SpanKind.CLIENT }))
    },
    onEnd(operation) {
      const { store, outcome = '', retries, batchSize, durationMs = 0 } = operation
      const attributes = {
        'harborage.store': store,
        'harborage.operation': operation.operation,
        'harborage.outcome': outcome,
      }
      durations.record(durationMs, attributes)
      const span = spans.get(operation)
      span?.setAttributes({
        ...attributes,
        'harborage.retries': retries,
        'harborage.batch_size': batchSize,
      })
      if (failures.has(outcome)) span?.setStatus({ code: SpanStatusCode.ERROR, message: outcome })
      span?.end()
    },
  })
}
