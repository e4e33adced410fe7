import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { type Database, openDatabase } from '@harborage/core'
import { openStateStore, type StateStore } from '@harborage/state'
import { afterAll, beforeAll, describe } from 'vitest'

import { newDatabase } from './new-database.ts'

/** A place for threads, for as long as the surrounding `describe` runs. */
export interface Place {
  /** The store of all tests of the suite. */
  readonly state: () => StateStore
  /** Opens another store on the same data, as another process does. In memory, it is the same. */
  readonly reopen: () => Promise<StateStore>
  /** The connection string, or `undefined` in memory. */
  readonly dsn: () => string | undefined
}

export const engineNames = ['memory', 'sqlite', 'postgres'] as const
export type EngineName = (typeof engineNames)[number]

/** Runs tests on each engine. */
export function onEachEngine(
  title: string,
  tests: (place: Place, engine: EngineName) => void,
): void {
  describe.each(engineNames)(`${title}, %s`, (engine) => tests(placeOn(engine), engine))
}

/** Makes a place on an engine. */
export function placeOn(engine: EngineName): Place {
  const opened = new AsyncDisposableStack()
  let dsn: string | undefined
  let state: StateStore | undefined
  const open = async (): Promise<StateStore> => {
    if (dsn === undefined) return state ?? openStateStore()
    const database: Database = opened.use(await openDatabase(dsn))
    return opened.use(await openStateStore({ database, kindIndex: false }))
  }
  beforeAll(async () => {
    if (engine !== 'memory') dsn = await newDatabase(engine, (remove) => opened.defer(remove))
    state = await open()
    if (dsn === undefined) opened.use(state)
  })
  afterAll(() => opened.disposeAsync())
  return {
    state() {
      if (state === undefined) throw new Error('the store is opened before the tests run')
      return state
    },
    reopen: open,
    dsn: () => dsn,
  }
}
