import { join } from 'node:path'

import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, openDatabase } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'

import type { Stores } from './subjects.ts'

export type Place = 'in memory' | 'SQLite' | 'Postgres' | 'files'

/** Opens the stores of a place; on SQLite without a file, since nothing here is about the disk. */
export async function openStores(place: Place, dsn: string): Promise<Stores & AsyncDisposable> {
  const opened = new AsyncDisposableStack()
  if (place === 'files') {
    const artifacts = opened.use(await openArtifactStore({ dsn: `fs:${join('.', 'artifacts')}` }))
    return disposable({ state: undefined, memories: [], artifacts })
  }
  const database =
    place === 'in memory'
      ? undefined
      : opened.use(await openDatabase(place === 'SQLite' ? 'sqlite::memory:' : dsn))
  const config = database === undefined ? {} : { database }
  const bus = createEventBus()
  const summarizer = { summarize: async () => ({ summary: 'a summary' }) }
  return disposable({
    state: opened.use(await openStateStore(config)),
    memories: [
      opened.use(
        await openMemoryStore({ ...config, bus, strategy: 'truncation', budgetTokens: 90 }),
      ),
      opened.use(
        await openMemoryStore({ ...config, bus, strategy: 'rolling_summary', summarizer }),
      ),
      opened.use(await openMemoryStore({ bus })),
    ],
    artifacts: opened.use(await openArtifactStore({ ...config, maxBytes: 100_000 })),
  })

  function disposable(stores: Stores): Stores & AsyncDisposable {
    return { ...stores, [Symbol.asyncDispose]: () => opened.disposeAsync() }
  }
}
