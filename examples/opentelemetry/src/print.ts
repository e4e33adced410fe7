import type { Attributes } from '@opentelemetry/api'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'

export function printSpans(spans: readonly ReadableSpan[]): void {
  for (const span of spans) {
    const parent = spans.find(
      (each) => each.spanContext().spanId === span.parentSpanContext?.spanId,
    )
    const below = parent === undefined ? [] : [`below "${parent.name}":`]
    print(['span', span.name, ...below, ...valuesOf(span.attributes)])
  }
}

export function printMetrics(collected: readonly ResourceMetrics[]): void {
  const metrics = (collected.at(-1)?.scopeMetrics ?? []).flatMap(({ metrics: each }) => each)
  for (const { descriptor, dataPoints } of metrics) {
    for (const { attributes, value } of dataPoints) {
      const shown = typeof value === 'number' ? String(value) : `${value.count} times`
      print([descriptor.name, descriptor.unit, ...valuesOf(attributes), shown])
    }
  }
}

function valuesOf(attributes: Attributes): string[] {
  return Object.entries(attributes).map(
    ([name, value]) => `${name.split('.').at(-1)}=${String(value)}`,
  )
}

function print(words: readonly string[]): void {
  process.stdout.write(`${words.join(' ')}\n`)
}
