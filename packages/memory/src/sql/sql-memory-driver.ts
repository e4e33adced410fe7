import { StoreUnavailableError, type RunIdentity } from '@harborage/core'
import type { SqlDatabase } from '@harborage/core/sql'
import type {
  Conversation,
  HeldMemory,
  MemoryChange,
  MemoryDriver,
  MemoryHeader,
  OldestTurns,
} from '../memory-driver.ts'
import { changeWork, LostRace } from './change-work.ts'
import { conversationOf, ownerColumns } from './rows.ts'
import { compileMemoryStatements, type MemoryStatements } from './statements.ts'

/** How often a change starts again because somebody else began the same conversation. */
const MAX_ATTEMPTS = 100

/** Keeps conversations in the table `memory_state` of an SQL database: one row per turn beside two of bookkeeping. */
export class SqlMemoryDriver implements MemoryDriver {
  readonly #database: SqlDatabase
  readonly #statements: MemoryStatements

  constructor(database: SqlDatabase) {
    this.#database = database
    this.#statements = compileMemoryStatements(database)
  }

  async read(identity: Required<RunIdentity>): Promise<Conversation> {
    return conversationOf(await this.#database.rows(this.#statements.read, ownerColumns(identity)))
  }

  async readHeader(identity: Required<RunIdentity>): Promise<MemoryHeader | undefined> {
    const rows = await this.#database.rows(this.#statements.header, ownerColumns(identity))
    return conversationOf(rows).header
  }

  async change<Result>(
    identity: Required<RunIdentity>,
    oldest: OldestTurns,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      try {
        return await this.#database.transaction(() =>
          changeWork(this.#statements, identity, oldest, decide),
        )
      } catch (error) {
        if (!(error instanceof LostRace)) throw error
      }
    }
    throw new StoreUnavailableError(
      `the conversation was changed by others during each of ${MAX_ATTEMPTS} attempts: call again`,
    )
  }

  /** The database is not this driver's to close. */
  async close(): Promise<void> {}
}
