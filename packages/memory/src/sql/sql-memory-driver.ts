import type { RunIdentity } from '@harborage/core'
import { runWork, type SqlDatabase, type WorkTraits } from '@harborage/core/sql'
import type {
  Conversation,
  HeldMemory,
  MemoryChange,
  MemoryDriver,
  MemoryHeader,
  ReadSet,
} from '../memory-driver.ts'
import { changeWork } from './change-work.ts'
import { readConversation } from './read-conversation.ts'
import { headerOf, ownerColumns } from './rows.ts'
import { compileMemoryStatements, type MemoryStatements } from './statements.ts'

/**
 * A change that is repeated is recognized by the remembered ids of turns, folds and restores, and a
 * replacement by the lineage of the conversation.
 */
const CHANGE: WorkTraits = {
  name: 'memory_change',
  repeat: 'recognized',
  subject: 'the conversation',
}

/**
 * Stores conversations in the table `memory_state` of an SQL database: a row for each turn and each
 * remembered turn id, one for the header and one for the summary.
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
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    // Every change locks the conversation. Those of this process wait for each other without a
    // connection.
    const { tenantId, userId, sessionId, runId } = identity
    const claim = { keys: [JSON.stringify([tenantId, userId, sessionId, runId])], bytes: 0 }
    return runWork(this.#database, { ...CHANGE, claim }, (mayBeApplied) =>
      changeWork(this.#statements, identity, readSet, decide, mayBeApplied),
    )
  }

  /** Does nothing, since the database belongs to the store or to the caller. */
  async close(): Promise<void> {}
}
