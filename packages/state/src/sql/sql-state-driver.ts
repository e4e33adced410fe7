import type { EventId, Identity, RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage, LoadOutcome, StepSide } from '@harborage/core/kit'
import {
  prefixUpperBound,
  fillPage,
  isSqlFailure,
  ownerColumns,
  readDirectory,
  resolveOutcome,
  runWork,
  sessionColumns,
  type SqlDatabase,
  type SqlSteps,
  type WorkTraits,
} from '@harborage/core/sql'
import { decideDelete, decideTouch, slotId } from '../decide.ts'
import type { DumpedSlot } from '../dumped-slot.ts'
import { kindIndexOff } from '../kind-index.ts'
import type {
  CheckedRecord,
  CheckedTransaction,
  Condition,
  DeleteBatch,
  DeletedBatch,
  DumpPage,
  KindRange,
  ListKeysPage,
  ListKindPage,
  ListPage,
  PrunableSlot,
  PrunePage,
  SlotKey,
  StateDriver,
  StatePart,
  Touch,
} from '../state-driver.ts'
import type { CommitOutcome, SaveOutcome, StateKey, StateRecord } from '../state-record.ts'
import { commit, COMMIT } from './commit.ts'
import { decideSaveOf, saveWork } from './commit-work.ts'
import { deleteAllWork, deleteWork, generationIn } from './delete-work.ts'
import { dumpPage, loadSlot } from './dump.ts'
import { expiryOf } from './expiry.ts'
import { InspectedSlots } from './inspected-slots.ts'
import { kindColumns, kindColumnsAfter } from './kind-range.ts'
import { loadMany } from './load-many.ts'
import { unknownOutcome } from './lost-answer.ts'
import { pagedRows } from './paged-content.ts'
import { prunePage, pruneWork } from './prune.ts'
import { deleteBatch } from './removals.ts'
import type { PagedKind, PagedSlot, SlotColumns } from './row-columns.ts'
import { keyAt, recordOf, recordRow, slotColumns } from './rows.ts'
import {
  compileStateStatements,
  type GenerationColumns,
  type StateStatements,
} from './statements.ts'
import { stateParticipant } from './state-participant.ts'
import { recordAt } from './stored-content.ts'
import { stateRecords, type StateRecordRow } from './tables.ts'

/**
 * Stores state in the table `state_records` of an SQL database.
 *
 * A save is optimistic: one statement, which writes only where guarantees S2 to S5 allow it. If it
 * wrote nothing, the driver reads the rows and lets `decideCommit` decide.
 */
export class SqlStateDriver implements StateDriver {
  readonly #database: SqlDatabase
  readonly #statements: StateStatements
  readonly #hasKindIndex: boolean

  readonly steps: StepSide<StatePart, CommitOutcome>

  /** @param hasKindIndex Whether the database keeps the order of `listKind`. */
  constructor(database: SqlDatabase, steps: SqlSteps, hasKindIndex = true) {
    this.#database = database
    this.#hasKindIndex = hasKindIndex
    this.#statements = compileStateStatements(database)
    this.steps = steps.side(stateParticipant(this.#statements))
  }

  async load(slot: SlotKey): Promise<StateRecord | undefined> {
    const at = slotColumns(slot)
    const [held] = await this.#database.rows(this.#statements.loadHeld, at)
    // Postgres sets up the condition of `load` for each call. Only what expires pays for it.
    const [row] =
      held === undefined || held.expiry === ''
        ? [held]
        : await this.#database.rows(this.#statements.load, at)
    return row === undefined ? undefined : recordAt(slot.identity, slot.kind, row)
  }

  loadMany(
    slots: readonly SlotKey[],
    maxBytes: number,
  ): Promise<readonly (StateRecord | undefined)[] | undefined> {
    return loadMany(this.#database, this.#statements.loadMany, slots, maxBytes)
  }

  async loadByEventId(identity: Identity, eventId: EventId): Promise<StateRecord | undefined> {
    const at = { ...sessionColumns(identity), event_id: eventId }
    const [row] = await this.#database.rows(this.#statements.loadByEventId, at)
    if (row === undefined) return undefined
    const { tenantId, userId, sessionId } = identity
    return recordAt({ tenantId, userId, sessionId, runId: row.run_id }, row.kind, row)
  }

  async save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome> {
    const row = recordRow(record)
    const written = await this.#write(row, condition)
    if (written === 'written') return 'saved'
    const prior = { mayBeApplied: written === 'repeated' }
    const inspected = this.#database.rows(this.#statements.inspect, row)
    const slots = new InspectedSlots(await resolveOutcome(inspected))
    const outcome = decideSaveOf(slots, record, condition, prior.mayBeApplied)
    if (outcome !== 'saved') return outcome
    // What rejected the write is gone.
    return runWork(
      this.#database,
      { ...SAVE, claim: { keys: [slotId(record), record.eventId], bytes: record.bytes.length } },
      (mayBeApplied) => saveWork(this.#statements, record, condition, mayBeApplied),
      prior,
    )
  }

  async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    const at = slotColumns(slot)
    if (ifEventId === undefined) {
      return (await this.#database.changes(this.#statements.delete, at)) > 0
    }
    const generation = { ...at, event_id: ifEventId, may_be_expired: 1 }
    if (await this.#deleteGeneration(generation)) return true
    const rows = await this.#database.rows(this.#statements.findEventId, at)
    if (!decideDelete(generationIn(rows), ifEventId)) return false
    // The expected record was saved in between.
    return runWork(
      this.#database,
      { ...DELETE, claim: { keys: [slotId(slot)], bytes: 0 } },
      (mayBeApplied) => deleteWork(this.#statements, slot, ifEventId, mayBeApplied),
    )
  }

  async touch({ slot, ifEventId, expiresAt }: Touch): Promise<boolean> {
    const at = slotColumns(slot)
    const row = { ...at, event_id: ifEventId, expiry: expiryOf(ifEventId, expiresAt) }
    for (;;) {
      if ((await this.#database.changes(this.#statements.touch, row)) > 0) return true
      const rows = await this.#database.rows(this.#statements.findEventId, at)
      if (!decideTouch(generationIn(rows), ifEventId)) return false
      // The expected record was saved in between.
    }
  }

  async deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number> {
    const removal = this.#statements.removals[subtree.level]
    const alone = this.#database.dialect.removeAlone(removal)
    if (alone !== undefined) return this.#database.changes(alone, ownerColumns(subtree))
    return this.#database.transaction({ name: removal.name, repeat: 'never' }, (mayBeApplied) =>
      deleteAllWork(this.#statements, subtree, mayBeApplied),
    )
  }

  async deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    return deleteBatch(this.#database, this.#statements.removals, batch)
  }

  async countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    const { count } = this.#statements.removals[subtree.level]
    const [row] = await this.#database.rows(count, ownerColumns(subtree))
    return Number(row?.count ?? 0)
  }

  async prunePage(page: PrunePage): Promise<readonly PrunableSlot[]> {
    return prunePage(this.#database, this.#statements.prune, page)
  }

  async prune(slots: readonly PrunableSlot[]): Promise<number> {
    return this.#database.transaction({ name: 'state_prune', repeat: 'never' }, (mayBeApplied) =>
      pruneWork(this.#statements.prune, slots, mayBeApplied),
    )
  }

  async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    return commit(this.#database, this.#statements, transaction)
  }

  async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    const { identity, order } = page
    const { listPage, listFew, listPageSizes } = this.#statements
    const run = ownerColumns(identity)
    const range = kindColumns(page)
    const at = (last: PagedKind | undefined, limit: number) => ({
      ...run,
      ...kindColumnsAfter(range, order, last?.kind ?? page.after),
      limit,
    })
    const rows = await fillPage(
      page,
      pagedRows<PagedKind>(
        (last, limit, inlineBytes) => {
          const statements = limit <= FEW_RECORDS ? listFew : listPage
          const page = { ...at(last, limit), inline_bytes: inlineBytes }
          return this.#database.rows(statements[order], page)
        },
        (last, limit) => this.#database.rows(listPageSizes[order], at(last, limit)),
      ),
    )
    return rows.map((row) => recordAt(identity, row.kind, row))
  }

  async listKeysPage(page: ListKeysPage): Promise<readonly StateKey[]> {
    const { identity, order, after, limit } = page
    const rows = await this.#database.rows(this.#statements.listKeysPage[order], {
      ...ownerColumns(identity),
      ...kindColumnsAfter(kindColumns(page), order, after),
      limit,
    })
    return rows.map((row) => keyAt(identity, row))
  }

  async count(range: KindRange): Promise<number> {
    const [row] = await this.#database.rows(this.#statements.count, {
      ...ownerColumns(range.identity),
      ...kindColumns(range),
    })
    return row?.count ?? 0
  }

  async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    if (!this.#hasKindIndex) throw kindIndexOff()
    const { kindPrefix, after } = page
    const { listKindPage, listKindPageSizes } = this.#statements
    const begin = after === undefined ? beforeFirst(kindPrefix) : slotColumns(after)
    const at = (last: PagedSlot | undefined, limit: number, inlineBytes: number) => ({
      ...(last === undefined ? begin : stateRecords.keyOf(last)),
      end_kind: prefixUpperBound(kindPrefix),
      limit,
      inline_bytes: inlineBytes,
    })
    const rows = await fillPage(
      page,
      pagedRows<PagedSlot>(
        (...place) => this.#database.rows(listKindPage, at(...place)),
        (...place) => this.#database.rows(listKindPageSizes, at(...place, 0)),
      ),
    )
    return rows.map(recordOf)
  }

  async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return readDirectory(this.#database, this.#statements.directory, page)
  }

  async dumpPage(page: DumpPage): Promise<readonly DumpedSlot[]> {
    return dumpPage(this.#database, this.#statements.dump, page)
  }

  async loadDump(records: readonly DumpedSlot[]): Promise<readonly LoadOutcome[]> {
    const { dump } = this.#statements
    return Promise.all(records.map((record) => loadSlot(this.#database, dump, record)))
  }

  async now(): Promise<Date> {
    const [row] = await this.#database.rows(this.#statements.now, {})
    if (row === undefined) throw new Error('the database told no time')
    return new Date(row.now)
  }

  /** Does nothing, since the database belongs to the store or to the caller. */
  async close(): Promise<void> {}

  async #write(row: StateRecordRow, condition: Condition): Promise<Written> {
    try {
      return (await this.#changes(row, condition)) > 0 ? 'written' : 'refused'
    } catch (error) {
      if (isSqlFailure(error, 'unique_violation')) return 'refused'
      if (isSqlFailure(error, 'repeated')) return 'repeated'
      throw error
    }
  }

  /** @throws `outcome_unknown` if an earlier attempt may have deleted the record. */
  async #deleteGeneration(generation: GenerationColumns): Promise<boolean> {
    try {
      return (await this.#database.changes(this.#statements.deleteGeneration, generation)) > 0
    } catch (error) {
      throw isSqlFailure(error, 'repeated') ? unknownOutcome(error) : error
    }
  }

  #changes(row: StateRecordRow, condition: Condition): Promise<number> {
    const { save, saveIntoEmpty, saveOver } = this.#statements
    if (condition === undefined) return this.#database.changes(save, row)
    if (condition === null)
      return this.#database.changes(saveIntoEmpty, { ...row, commit_marks: '' })
    const expected = { expected_event_id: condition, may_be_expired: 0 }
    return this.#database.changes(saveOver, { ...row, ...expected })
  }
}

/** The largest number of records of a page that are read about as fast as one. */
const FEW_RECORDS = 32

/** A save is decided as a commit of one save. */
const SAVE: WorkTraits = { ...COMMIT, subject: 'the slot' }

/** A conditional delete that is repeated is recognized by its event id. */
const DELETE: WorkTraits = {
  name: 'state_delete_generation',
  repeat: 'recognized',
  subject: 'the slot',
}

/**
 * The result of a write. `refused`: the slot, the event id or the precondition did not allow it.
 * `repeated`: the same, but an earlier attempt, whose answer was lost, may have been applied.
 */
type Written = 'written' | 'refused' | 'repeated'

/** Returns a place before the first slot of a kind. No tenant is empty, so no slot has it. */
function beforeFirst(kindPrefix: string): SlotColumns {
  return { kind: kindPrefix, tenant_id: '', user_id: '', session_id: '', run_id: '' }
}
