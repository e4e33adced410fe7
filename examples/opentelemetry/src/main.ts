/**
 * Prints spans and a histogram of a store's operations, and the gauges of its database. In production an exporter replaces the two
 * below.
 */
import { isHarborageError, newEventId, openDatabase } from '@harborage/core'
import '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

import { instrumentHarborage } from './instrument-harborage.ts'
import { observeDatabase } from './observe-database.ts'
import { printMetrics, printSpans } from './print.ts'

const spanExporter = new InMemorySpanExporter()
const tracerProvider = new TracerProvider({
  spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })],
})
const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const meterProvider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: metricExporter })],
})
context.setGlobalContextManager(new AsyncLocalStorageContextManager())
trace.setGlobalTracerProvider(tracerProvider)

const meter = meterProvider.getMeter('harborage')
const stop = instrumentHarborage(trace.getTracer('harborage'), meter)
await using database = await openDatabase('sqlite::memory:')
const stopObserving = observeDatabase(database, meter)

await trace.getTracer('agent').startActiveSpan('agent step', async (step) => {
  await using state = await openStateStore({ database })
  const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
  const record = { identity, kind: 'task.checkpoint', bytes: new TextEncoder().encode('step 3') }
  const eventId = newEventId()
  await state.save({ eventId, ...record })
  await state.save({ eventId, ...record })
  await state.load(identity, 'task.checkpoint')
  try {
    await state.save({ eventId: newEventId(), ...record }, { ifEventId: null })
  } catch (error) {
    if (!isHarborageError(error, 'condition_failed')) throw error
  }
  step.end()
})

await database.ping()
await meterProvider.forceFlush()
stop()
stopObserving()
printSpans(spanExporter.getFinishedSpans())
printMetrics(metricExporter.getMetrics())
await Promise.all([meterProvider.shutdown(), tracerProvider.shutdown()])
