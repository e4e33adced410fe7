import type { Database, DatabaseGauges } from '@harborage/core'
import type { Meter } from '@opentelemetry/api'

/** The gauges of a database, with the name, the unit and the description of their metrics. */
const metrics: readonly (readonly [keyof DatabaseGauges, string, string, string])[] = [
  ['connectionsInUse', 'connections.in_use', '{connection}', 'Connections that work.'],
  ['connectionsIdle', 'connections.idle', '{connection}', 'Connections that wait for work.'],
  ['callsWaiting', 'calls.waiting', '{call}', 'Calls that wait for a connection.'],
  ['writesQueued', 'writes.queued', '{write}', 'Writes that wait or are under way.'],
  ['writeBytesQueued', 'writes.queued_size', 'By', 'The content of these writes.'],
  ['logPages', 'log.pages', '{page}', 'Log pages that no checkpoint has copied yet.'],
  ['logBytes', 'log.size', 'By', 'The size of these log pages.'],
]

/** Reports the gauges of a database whenever metrics are collected, until the result is called. */
export function observeDatabase(database: Database, meter: Meter): () => void {
  const attributes = { 'harborage.engine': database.engine }
  const observables = metrics.map(([gauge, name, unit, description]) => ({
    gauge,
    observable: meter.createObservableGauge(`harborage.${name}`, { unit, description }),
  }))
  const observe: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
    const gauges = database.gauges()
    for (const { gauge, observable } of observables) {
      const value = gauges[gauge]
      // An engine without a log of its own has no gauges of it.
      if (value !== undefined) result.observe(observable, value, attributes)
    }
  }
  const observed = observables.map(({ observable }) => observable)
  meter.addBatchObservableCallback(observe, observed)
  return () => meter.removeBatchObservableCallback(observe, observed)
}
