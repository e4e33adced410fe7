import type { Context, StoreConfig } from '@harborage/core'
import {
  createContext,
  defineStore,
  storeConfigOf,
  type StoreDriverFactory,
} from '@harborage/core/kit'
import type { ArtifactDriver } from './artifact-driver.ts'
import { ArtifactStore } from './artifact-store.ts'
import { InMemoryArtifactDriver } from './in-memory-driver.ts'
import { checkMaxBytes } from './internal/max-bytes.ts'

/** The configuration of `openArtifactStore`. */
export interface ArtifactStoreConfig extends StoreConfig {
  /** The largest artifact, in bytes: at most 256 MiB. Default: 64 MiB. */
  readonly maxBytes?: number
}

const drivers = defineStore<ArtifactDriver>({
  inMemory: () => new InMemoryArtifactDriver(),
  loadSql: async () => (await import('./sql/index.ts')).openSqlArtifactDriver,
})

/**
 * Opens an artifact store: in memory by default, by DSN, by driver name, or on a database that is
 * already open and may serve other stores too. If opening fails, nothing stays open.
 *
 * @param config Default: a store in memory.
 * @throws `invalid_config` if an option is malformed; `unknown_driver` if no driver is registered
 * for the name or the scheme of the DSN; `store_unavailable` if the backend cannot be reached;
 * `migration_failed`, or under `migrate: 'verify'` `schema_outdated`; `schema_too_new` if a newer
 * release made the tables.
 *
 * @example
 * ```ts
 * import { openArtifactStore } from '@harborage/artifacts'
 *
 * await using artifacts = await openArtifactStore({ dsn: 'memory:', maxBytes: 8 * 1024 * 1024 })
 * ```
 */
export async function openArtifactStore(config: ArtifactStoreConfig = {}): Promise<ArtifactStore> {
  const maxBytes = checkMaxBytes(config)
  const { driver, release } = await drivers.open(storeConfigOf(config, ['maxBytes']))
  return new ArtifactStore(driver, { maxBytes, release })
}

/**
 * Registers an artifact driver that does not use SQL, so that `openArtifactStore` finds it by name
 * and by DSN scheme.
 *
 * @param name The value of `driver` in the configuration of `openArtifactStore`.
 * @throws `invalid_config` if the name or a scheme is malformed, or already taken by a driver or an
 * engine.
 */
export function registerArtifactDriver(
  name: string,
  factory: StoreDriverFactory<ArtifactDriver>,
): void {
  drivers.register(name, factory)
}

/**
 * Returns the names that `openArtifactStore` takes as `driver`, sorted. Importing a driver package
 * adds its own.
 */
export function registeredArtifactDrivers(): string[] {
  return drivers.names()
}

/**
 * Carries an artifact store through asynchronous calls, so that handlers need no parameter for it.
 *
 * @example
 * ```ts
 * import { artifactContext, openArtifactStore } from '@harborage/artifacts'
 *
 * await using artifacts = await openArtifactStore()
 * await artifactContext.run(artifacts, async () => {
 *   artifactContext.require() // the store that was passed to `run`
 * })
 * ```
 */
export const artifactContext: Context<ArtifactStore> = createContext('artifact')
