import type { Secret } from './secret.ts'

/** The stores, in the order in which they are shown. */
export const storeNames = ['state', 'artifacts', 'memory', 'journal'] as const

/** The name of a store. */
export type StoreName = (typeof storeNames)[number]

/**
 * What is dumped apart, in the order in which it is copied. Passages are of the memory store, and
 * have a dump of their own.
 */
export const dumpNames = ['state', 'artifacts', 'memory', 'passages', 'journal'] as const

/** The name of a dump. */
export type DumpName = (typeof dumpNames)[number]

/** What is counted of each store, and of passages: a collection of a session or a run. */
export const thingOf: Readonly<Record<DumpName, string>> = {
  state: 'slot',
  artifacts: 'artifact',
  memory: 'conversation',
  passages: 'collection',
  journal: 'stream',
}

/** Where stores are: a database, or the folder of artifacts. */
export interface Place {
  /** The engine, or `fs` for a folder. */
  readonly kind: 'sqlite' | 'postgres' | 'fs'
  /** What it is called when it is printed. It has no password. */
  readonly label: string
  readonly dsn: Secret
  /** The schema of the tables, on Postgres. Default: that of the role. */
  readonly schema: string | undefined
  /** Whether statements are prepared by name, on Postgres. */
  readonly preparedStatements: boolean
  /** The stores that are there. */
  readonly stores: readonly StoreName[]
}

/** The places of the stores. */
export interface Profile {
  /** `undefined` if it is made of options and variables alone. */
  readonly name: string | undefined
  readonly places: readonly Place[]
}
