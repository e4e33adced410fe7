import { artifactContext, openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { openDatabase } from '@harborage/core'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { memoryContext, type MemoryStore } from '@harborage/memory'
import { openStateStore, stateContext, type StateStore } from '@harborage/state'
import { openMemory } from './memory/open-memory.ts'

/** The stores of a run, on one database. */
export interface Stores extends AsyncDisposable {
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly memory: MemoryStore
}

/**
 * Opens the database, on the engine that the DSN names, and all three stores on it: they share one
 * SQLite connection, or one pool of Postgres connections.
 */
export async function openStores(dsn: string): Promise<Stores> {
  await using opened = new AsyncDisposableStack()
  const database = opened.use(await openDatabase(dsn))
  const state = opened.use(await openStateStore({ database }))
  const artifacts = opened.use(await openArtifactStore({ database }))
  const memory = opened.use(await openMemory({ database }))
  const stack = opened.move()
  return { state, artifacts, memory, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/** Does work with all stores in contexts, so that no part of it needs them as parameters. */
export function withStores<Result>(stores: Stores, work: () => Result): Result {
  const { state, artifacts, memory } = stores
  return stateContext.run(state, () =>
    artifactContext.run(artifacts, () => memoryContext.run(memory, work)),
  )
}
