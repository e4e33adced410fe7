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

/** Where an artifact store keeps its data, and how large an artifact may be. */
export interface ArtifactStoreConfig extends StoreConfig {
  /** The largest artifact, in bytes: at most 256 MiB. Default: 64 MiB. */
  readonly maxBytes?: number
}

const drivers = defineStore<ArtifactDriver>({
  inMemory: () => new InMemoryArtifactDriver(),
  loadSql: async () => (await import('./sql/index.ts')).openSqlArtifactDriver,
})

/**
 * Opens an artifact store: in memory by default, by DSN, by driver name, or on a database that is already open and may
 * serve other stores too.
 *
 * @throws `invalid_config`, `unknown_driver`, `store_unavailable`, `migration_failed`, `schema_outdated`,
 * `schema_too_new`.
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
 * Registers an artifact driver that is not on SQL, so that `openArtifactStore` finds it by name and by DSN scheme.
 *
 * @throws `invalid_config` if the name or one of the schemes is already taken, by an engine too, or malformed.
 */
export function registerArtifactDriver(
  name: string,
  factory: StoreDriverFactory<ArtifactDriver>,
): void {
  drivers.register(name, factory)
}

/** The names that `openArtifactStore` takes as `driver`, sorted; importing a driver package adds its own. */
export function registeredArtifactDrivers(): string[] {
  return drivers.names()
}

/** Carries the artifact store along with asynchronous work. */
export const artifactContext: Context<ArtifactStore> = createContext('artifact')
