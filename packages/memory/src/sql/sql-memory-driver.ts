import type { RunIdentity } from '@harborage/core'
import { runWork, type SqlDatabase, type WorkTraits } from '@harborage/core/sql'
import type {
  Conversation,
  HeldMemory,
  Look,
  MemoryChange,
  MemoryDriver,
  MemoryHeader,
} from '../memory-driver.ts'
import { changeWork } from './change-work.ts'
import { readConversation } from './read-conversation.ts'
import { headerOf, ownerColumns } from './rows.ts'
import { compileMemoryStatements, type MemoryStatements } from './statements.ts'

/**
 * A change is recognized by the ids that are remembered: of turns, foldings and restores, and by the lineage of the
 * conversation where it takes away what is held.
 */
const CHANGE: WorkTraits = {
  name: 'memory_change',
  repeat: 'recognized',
  subject: 'the conversation',
}

/**
 * Keeps conversations in the table `memory_state` of an SQL database: one row per turn and one for its id, beside two of
 * bookkeeping.
 */
export class SqlMemoryDriver implements MemoryDriver {
  readonly #database: SqlDatabase
  readonly #statements: MemoryStatements

  constructor(database: SqlDatabase) {
    this.#database = database
    this.#statements = compileMemoryStatements(database)
  }

  async read(identity: Required<RunIdentity>): Promise<Conversation> {
    return readConversation(this.#database, this.#statements, ownerColumns(identity))
  }

  async readHeader(identity: Required<RunIdentity>): Promise<MemoryHeader | undefined> {
    const rows = await this.#database.rows(this.#statements.header, ownerColumns(identity))
    return headerOf(rows)
  }

  async change<Result>(
    identity: Required<RunIdentity>,
    look: Look,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const { tenantId, userId, sessionId, runId } = identity
    // Every change locks the conversation: those of this process wait for each other without a connection.
    const claim = { keys: [JSON.stringify([tenantId, userId, sessionId, runId])], bytes: 0 }
    return runWork(this.#database, { ...CHANGE, claim }, (mayBeApplied) =>
      changeWork(this.#statements, identity, look, decide, mayBeApplied),
    )
  }

  /** The database is not this driver's to close. */
  async close(): Promise<void> {}
}
