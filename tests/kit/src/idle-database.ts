import type { Database, DatabaseGauges } from '@harborage/core'

/** The gauges of a database that does nothing. */
export const idleGauges: DatabaseGauges = {
  connectionsInUse: 0,
  connectionsIdle: 0,
  callsWaiting: 0,
  writesQueued: 0,
  writeBytesQueued: 0,
}

/** Returns a database of an engine that stores nothing. */
export function idleDatabase(engine: string): Database {
  return {
    engine,
    ping: async () => {},
    gauges: () => idleGauges,
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }
}
