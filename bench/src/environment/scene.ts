import type { Database } from '@harborage/core'

import type { Build } from '../contenders/build.ts'
import type { EngineName } from '../measure/benchmark.ts'

/** The databases of a case, which are removed when the case ends. */
export interface Scene {
  /** Returns the path of a database file that does not exist yet. */
  newFile(): Promise<string>
  /** Resolves to the DSN of an empty Postgres database. */
  newDatabase(): Promise<string>
  /** Registers work for the end of the case, even if it fails. The last work runs first. */
  onEnd(work: () => Promise<void> | void): void
  /** Whether only a short run is needed that shows that everything works. */
  readonly quick: boolean
  readonly signal: AbortSignal
  /** The builds of Harborage that take part, beginning with the current one. */
  readonly builds: readonly Build[]
  /** Whether the bare clients and other stores take part. They do not if builds are compared. */
  readonly withOthers: boolean
}

/** Opens an empty database with a build of Harborage. */
export async function openNewDatabase(
  build: Build,
  engine: EngineName,
  scene: Scene,
): Promise<Database> {
  return engine === 'sqlite'
    ? build.openSqlite({ dsn: await scene.newFile() })
    : build.openPostgres({ dsn: await scene.newDatabase() })
}

/** Resolves to the DSN of an empty database. */
export async function newDsn(engine: EngineName, scene: Scene): Promise<string> {
  return engine === 'sqlite' ? `sqlite:${await scene.newFile()}` : scene.newDatabase()
}
