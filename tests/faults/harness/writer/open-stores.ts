import { ArtifactStore, openArtifactStore } from '@harborage/artifacts'
import { createEventBus, type Database } from '@harborage/core'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'

import type { Extent } from './operations.ts'

/** The default on both engines. */
const RETRY_TIMEOUT_MS = 5_000

export type Durability = 'full' | 'normal'

export interface OpenOptions {
  /** Of SQLite. */
  readonly durability?: Durability
  /** Of SQLite and files: how long a write waits for room on a full disk. */
  readonly retryTimeoutMs?: number
}

/** The stores of a place: all on one database, or artifacts alone on files. */
export interface OpenedStores extends AsyncDisposable {
  readonly extent: Extent
  readonly state: StateStore | undefined
  readonly memory: MemoryStore | undefined
  readonly journal: JournalStore | undefined
  readonly artifacts: ArtifactStore
}

/**
 * Opens what is at a DSN; loads its driver only, since a process that lives for a moment should
 * begin quickly.
 */
export async function openStores(dsn: string, options: OpenOptions = {}): Promise<OpenedStores> {
  const opened = new AsyncDisposableStack()
  try {
    if (dsn.startsWith('fs:')) {
      const { openFsArtifactDriver } = await import('@harborage/driver-fs')
      const { retryTimeoutMs = RETRY_TIMEOUT_MS } = options
      const driver = await openFsArtifactDriver({ dsn, retryTimeoutMs })
      const artifacts = opened.use(new ArtifactStore(driver))
      return disposable({
        extent: 'artifacts',
        state: undefined,
        memory: undefined,
        journal: undefined,
        artifacts,
      })
    }
    const database = opened.use(await openDatabase(dsn, options))
    const bus = createEventBus()
    return disposable({
      extent: 'all stores',
      state: opened.use(await openStateStore({ database })),
      memory: opened.use(await openMemoryStore({ database, strategy: 'truncation', bus })),
      journal: opened.use(await openJournalStore({ database })),
      artifacts: opened.use(await openArtifactStore({ database })),
    })
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }

  function disposable(stores: Omit<OpenedStores, keyof AsyncDisposable>): OpenedStores {
    return { ...stores, [Symbol.asyncDispose]: () => opened.disposeAsync() }
  }
}

async function openDatabase(
  dsn: string,
  { durability = 'full', retryTimeoutMs = RETRY_TIMEOUT_MS }: OpenOptions,
): Promise<Database> {
  if (dsn.startsWith('sqlite:')) {
    const { openSqlite } = await import('@harborage/driver-sqlite')
    return openSqlite({ dsn, durability, retryTimeoutMs })
  }
  const { openPostgres } = await import('@harborage/driver-postgres')
  return openPostgres({ dsn })
}
