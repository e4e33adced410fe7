import type { RunIdentity, Subtree } from '@harborage/core'
import { compareOwners, type DirectoryPage, type StepSide } from '@harborage/core/kit'
import {
  readDirectory,
  runWork,
  type PriorAttempts,
  type SqlDatabase,
  type SqlSteps,
  type WorkTraits,
} from '@harborage/core/sql'
import { conversationKey } from '../internal/conversation-key.ts'
import type {
  Conversation,
  DatedHeader,
  DeleteBatch,
  DeletedBatch,
  DeletedConversation,
  DumpedConversation,
  HeadersPage,
  HeldMemory,
  MemoryChange,
  MemoryDriver,
  MemoryHeader,
  MemoryPart,
  ReadSet,
} from '../memory-driver.ts'
import { appendExpected, planAppend } from './append-expected.ts'
import { changeWork } from './change-work.ts'
import { deleteAllWork, deleteEachWork, identityIn } from './delete-all-work.ts'
import { dumpConversation } from './dump-conversation.ts'
import { headersParameters } from './header-statements.ts'
import { LastHeaders } from './last-headers.ts'
import { readConversation } from './read-conversation.ts'
import { memoryParticipant } from './memory-participant.ts'
import { SqlPassages } from './sql-passages.ts'
import { headerIfSound, headerOf, identityOf, ownerColumns } from './rows.ts'
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

/** A repeated deletion would remove what others have added since. */
const DELETE_ALL: WorkTraits = {
  name: 'memory_delete_all',
  repeat: 'never',
  subject: 'a conversation that is deleted',
}

/** The place before the first conversation of any subtree: no user is empty. */
const BEFORE_ALL_NAMES = { userId: '', sessionId: '', runId: '' }

/** The place before every conversation: no tenant is empty. */
const FIRST = { tenantId: '', ...BEFORE_ALL_NAMES }

/**
 * Stores conversations in the table `memory_state` of an SQL database: a row for each turn and each
 * remembered turn id, one for the header and one for the summary.
 */
export class SqlMemoryDriver implements MemoryDriver {
  readonly #database: SqlDatabase
  readonly #statements: MemoryStatements
  readonly #headers = new LastHeaders()
  readonly steps: StepSide<MemoryPart, unknown>
  readonly passages: SqlPassages

  constructor(database: SqlDatabase, steps: SqlSteps) {
    this.#database = database
    this.#statements = compileMemoryStatements(database)
    this.passages = new SqlPassages(database, this.#statements.passages)
    this.steps = steps.side(memoryParticipant(this.#statements, this.#headers))
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
    const key = conversationKey(identity)
    const traits = { ...CHANGE, claim: { keys: [key], bytes: 0 } }
    let expected = this.#headers.take(key)
    const planned = expected && planAppend(identity, expected, readSet, decide)
    let prior: PriorAttempts | undefined
    if (planned !== undefined) {
      const { row, left, result } = planned
      const written = await appendExpected(this.#database, this.#statements, traits, row)
      if (written === 'written') {
        this.#headers.leaveExpected(key, left)
        return result
      }
      if (written === 'repeated') prior = { mayBeApplied: true }
      expected = undefined
    }
    let looksUpId = !isProbablyNew(readSet)
    let left: (() => void) | undefined
    const deciding = (held: HeldMemory): MemoryChange<Result> => {
      const change = decide(held)
      const { header } = change
      left = header && (() => this.#headers.leave(key, held.header, header, expected))
      return change
    }
    const result = await runWork(
      this.#database,
      traits,
      (mayBeApplied) => {
        const work = changeWork(
          this.#statements,
          identity,
          readSet,
          deciding,
          mayBeApplied,
          looksUpId || mayBeApplied,
        )
        looksUpId = true
        return work
      },
      prior,
    )
    left?.()
    return result
  }

  async deleteAll(subtree: Subtree<'run' | 'session'>): Promise<readonly DeletedConversation[]> {
    return runWork(this.#database, DELETE_ALL, (mayBeApplied) =>
      deleteAllWork(this.#statements, subtree, mayBeApplied),
    )
  }

  async deleteBatch({ subtree, after, limit }: DeleteBatch): Promise<DeletedBatch> {
    const { userId, sessionId, runId } = after ?? BEFORE_ALL_NAMES
    const found = await this.#database.rows(this.#statements.subtrees[subtree.level].find, {
      ...ownerColumns(subtree),
      after_user_id: userId,
      after_session_id: sessionId,
      after_run_id: runId,
      limit,
    })
    if (found.length === 0) return { deleted: [], last: undefined }
    const identities = found.map((row) => identityIn(subtree, row))
    const deleted = await runWork(this.#database, DELETE_ALL, (mayBeApplied) =>
      deleteEachWork(this.#statements, identities, mayBeApplied),
    )
    const rows = found.reduce((sum, row) => sum + Number(row.rows), 0)
    return { deleted, last: rows < limit ? undefined : identities.at(-1) }
  }

  async countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    const { count } = this.#statements.subtrees[subtree.level]
    const [row] = await this.#database.rows(count, ownerColumns(subtree))
    return Number(row?.count ?? 0)
  }

  async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return readDirectory(this.#database, this.#statements.subtrees.directory, page)
  }

  async conversationsPage(
    after: Required<RunIdentity> | undefined,
    limit: number,
  ): Promise<readonly Required<RunIdentity>[]> {
    const { next } = this.#statements.dump
    const rows = await this.#database.rows(next, { ...ownerColumns(after ?? FIRST), limit })
    return rows.map(identityOf)
  }

  async headersPage({ subtree, after, limit }: HeadersPage): Promise<readonly DatedHeader[]> {
    const statement = this.#statements.headers[subtree.level]
    // The place itself comes first if it is still there.
    const from = headersParameters(subtree, after, after === undefined ? limit : limit + 1)
    const rows = await this.#database.rows(statement, from)
    return rows
      .map((row) => ({
        identity: identityOf(row),
        header: headerIfSound([row]),
        changedAt: Number(row.updated_at),
      }))
      .filter(({ identity }) => after === undefined || compareOwners(identity, after) !== 0)
      .slice(0, limit)
  }

  async dump(identity: Required<RunIdentity>): Promise<DumpedConversation | undefined> {
    return dumpConversation(this.#database, this.#statements.dump, identity)
  }

  /** Does nothing, since the database belongs to the store or to the caller. */
  async close(): Promise<void> {}
}

/**
 * Returns whether the turn id of a read set is probably not remembered: that of a turn to add,
 * rather than of one to forget, for which the summary is read.
 */
function isProbablyNew({ summary = false }: ReadSet): boolean {
  return !summary
}
