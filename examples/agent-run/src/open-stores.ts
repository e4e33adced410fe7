import { artifactContext, openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { openDatabase } from '@harborage/core'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openStateStore, stateContext, type StateStore } from '@harborage/state'

/** The stores of a run, on one database. */
export interface Stores extends AsyncDisposable {
  readonly state: StateStore
  readonly artifacts: ArtifactStore
}

/**
 * Opens the database, on whichever of the two engines the DSN names, and both stores on it: one handle of SQLite, or
 * one pool of Postgres connections.
 */
export async function openStores(dsn: string): Promise<Stores> {
  await using opened = new AsyncDisposableStack()
  const database = opened.use(await openDatabase(dsn))
  const state = opened.use(await openStateStore({ database }))
  const artifacts = opened.use(await openArtifactStore({ database }))
  const stack = opened.move()
  return { state, artifacts, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/** Does work in whose every part both stores are found without a parameter. */
export function withStores<Result>({ state, artifacts }: Stores, work: () => Result): Result {
  return stateContext.run(state, () => artifactContext.run(artifacts, work))
}
