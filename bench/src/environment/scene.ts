import type { Build } from '../contenders/build.ts'
import type { EngineName } from '../measure/benchmark.ts'

/** Where a case takes its databases from. All are gone when it is over. */
export interface Scene {
  /** The path of a database file that is not there yet. */
  newFile(): Promise<string>
  /** The DSN of an empty Postgres database. */
  newDatabase(): Promise<string>
  /** Runs when the case is over, also when it failed; the last one first. */
  onEnd(work: () => Promise<void> | void): void
  /** Only what is needed to see that everything works. */
  readonly quick: boolean
  readonly signal: AbortSignal
  /** The builds of Harborage that take part: the current one first. */
  readonly builds: readonly Build[]
  /** Whether the bare clients and the other stores take part: not where two builds are compared. */
  readonly withOthers: boolean
}

/** The DSN of an empty database. */
export async function newDsn(engine: EngineName, scene: Scene): Promise<string> {
  return engine === 'sqlite' ? `sqlite:${await scene.newFile()}` : scene.newDatabase()
}
