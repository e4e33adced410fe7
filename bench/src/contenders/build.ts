import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { openArtifactStore } from '@harborage/artifacts'
import { commitTogether, createEventBus } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'

import { HARBORAGE } from '../measure/benchmark.ts'

/** A build of the packages, of this checkout or of another revision. */
export interface Build {
  /** The name of its contenders. */
  readonly name: string
  readonly openArtifactStore: typeof openArtifactStore
  /** Absent of revisions without steps. */
  readonly commitTogether?: typeof commitTogether
  readonly createEventBus: typeof createEventBus
  readonly openPostgres: typeof openPostgres
  readonly openSqlite: typeof openSqlite
  readonly openMemoryStore: typeof openMemoryStore
  readonly openStateStore: typeof openStateStore
}

/** The build of this checkout. */
export const currentBuild: Build = {
  name: HARBORAGE,
  openArtifactStore,
  commitTogether,
  createEventBus,
  openPostgres,
  openSqlite,
  openMemoryStore,
  openStateStore,
}

const PACKAGES = ['artifacts', 'core', 'driver-postgres', 'driver-sqlite', 'memory', 'state']

/** Loads the build of another checkout into this process, beside the current one. */
export async function loadBuild(name: string, checkout: string): Promise<Build> {
  const loaded: Record<string, unknown> = { name }
  for (const folder of PACKAGES) {
    const entry = pathToFileURL(join(checkout, 'packages', folder, 'src/index.ts'))
    const exported: unknown = await import(entry.href)
    Object.assign(loaded, exported)
  }
  if (isBuild(loaded)) return loaded
  throw new Error(`${name} lacks a function that the benchmark calls`)
}

function isBuild(loaded: object): loaded is Build {
  return Object.keys(currentBuild).every(
    (key) =>
      key === 'name' || key === 'commitTogether' || typeof Reflect.get(loaded, key) === 'function',
  )
}
