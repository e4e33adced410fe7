import type { RunIdentity } from '@harborage/core'
import {
  untilUndisturbed,
  type SqlDatabase,
  type SqlWork,
  type TransactionTraits,
} from '@harborage/core/sql'
import type {
  Conversation,
  HeldMemory,
  Look,
  MemoryChange,
  MemoryDriver,
  MemoryHeader,
} from '../memory-driver.ts'
import { changeWork } from './change-work.ts'
import { conversationOf, headerOf, ownerColumns } from './rows.ts'
import { compileMemoryStatements, type MemoryStatements } from './statements.ts'

/** A change is recognized by the ids that the bookkeeping remembers: of turns, foldings and restores. */
const CHANGE: TransactionTraits = { name: 'memory_change', repeat: 'recognized' }

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
    return headerOf(rows)
  }

  async change<Result>(
    identity: Required<RunIdentity>,
    look: Look,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const work = (mayBeApplied: boolean): SqlWork<Result> =>
      changeWork(this.#statements, identity, look, decide, mayBeApplied)
    return untilUndisturbed('the conversation', () => this.#database.transaction(CHANGE, work))
  }

  /** The database is not this driver's to close. */
  async close(): Promise<void> {}
}
