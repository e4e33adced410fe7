import { parseEventId, type EventId, type Identity } from '@harborage/core'
import {
  afterPrefix,
  askWhatBecame,
  fillPage,
  isSqlFailure,
  LostRace,
  sessionColumns,
  untilUndisturbed,
  type SqlDatabase,
} from '@harborage/core/sql'
import { decideDelete, decideSave } from '../decide.ts'
import type {
  CheckedTransaction,
  Condition,
  ListKindPage,
  ListPage,
  SlotKey,
  StateDriver,
} from '../state-driver.ts'
import type { SaveOutcome, StateRecord } from '../state-record.ts'
import { commit } from './commit.ts'
import { InspectedSlots } from './inspected-slots.ts'
import { pagedRows, type PagedKind, type PagedSlot } from './paged-content.ts'
import { slotOf } from './row-columns.ts'
import { placedRecord, recordAt, recordRow, slotColumns } from './rows.ts'
import { compileStateStatements, type StateStatements } from './statements.ts'

/**
 * Keeps state in the table `state_records` of an SQL database.
 *
 * A save is optimistic: one statement that writes only where S2 to S5 allow it. Only when it wrote nothing are the
 * rows read that tell why, and decided on as in every other driver.
 */
export class SqlStateDriver implements StateDriver {
  readonly #database: SqlDatabase
  readonly #statements: StateStatements

  constructor(database: SqlDatabase) {
    this.#database = database
    this.#statements = compileStateStatements(database)
  }

  async load(slot: SlotKey): Promise<StateRecord | undefined> {
    const [row] = await this.#database.rows(this.#statements.load, slotColumns(slot))
    return row === undefined ? undefined : recordAt(slot, row)
  }

  async loadByEventId(identity: Identity, eventId: EventId): Promise<StateRecord | undefined> {
    const at = { ...sessionColumns(identity), event_id: eventId }
    const [row] = await this.#database.rows(this.#statements.loadByEventId, at)
    return row === undefined ? undefined : placedRecord(row)
  }

  async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const row = recordRow(record)
    if (await this.#write(row, condition)) return 'saved'
    return untilUndisturbed('the slot', async () => {
      const inspected = this.#database.rows(this.#statements.inspect, row)
      const slots = new InspectedSlots(await askWhatBecame(inspected))
      const outcome = decideSave(slots, record, condition)
      if (outcome !== 'saved' || (await this.#write(row, condition))) return outcome
      throw new LostRace()
    })
  }

  async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    const at = slotColumns(slot)
    if (ifEventId === undefined) {
      return (await this.#database.changes(this.#statements.delete, at)) > 0
    }
    return untilUndisturbed('the slot', async () => {
      const generation = { ...at, event_id: ifEventId }
      const deleted = await this.#database.changes(this.#statements.deleteGeneration, generation)
      if (deleted > 0) return true
      const [row] = await this.#database.rows(this.#statements.findEventId, at)
      const held = row && { eventId: parseEventId(row.event_id) }
      if (decideDelete(held, ifEventId)) throw new LostRace()
      return false
    })
  }

  async deleteScope(identity: Identity): Promise<number> {
    return this.#database.changes(this.#statements.deleteScope, sessionColumns(identity))
  }

  async commit(transaction: CheckedTransaction): Promise<readonly SaveOutcome[]> {
    return commit(this.#database, this.#statements, transaction)
  }

  async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    const { identity, kindPrefix } = page
    const { listPage, listPageSizes } = this.#statements
    const at = (last: PagedKind | undefined, limit: number, inlineBytes: number) => {
      const after = last?.kind ?? page.after
      return {
        ...sessionColumns(identity),
        run_id: identity.runId,
        from_kind: after ?? kindPrefix,
        // No kind is empty, so this excludes nothing on the first page.
        after_kind: after ?? '',
        end_kind: afterPrefix(kindPrefix),
        limit,
        inline_bytes: inlineBytes,
      }
    }
    const rows = await fillPage(
      page,
      pagedRows<PagedKind>(
        (...place) => this.#database.rows(listPage, at(...place)),
        (...place) => this.#database.rows(listPageSizes, at(...place, 0)),
      ),
    )
    return rows.map((row) => recordAt({ identity, kind: row.kind }, row))
  }

  async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    const { kindPrefix, after } = page
    const { listKindPage, listKindPageSizes } = this.#statements
    const begin = after === undefined ? beforeFirst(kindPrefix) : slotColumns(after)
    const at = (last: PagedSlot | undefined, limit: number, inlineBytes: number) => ({
      ...(last === undefined ? begin : slotOf(last)),
      end_kind: afterPrefix(kindPrefix),
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
    return rows.map(placedRecord)
  }

  /** The database is not this driver's to close. */
  async close(): Promise<void> {}

  /** Whether the row was written; `false` if the slot, the event id or the condition stands against it. */
  async #write(row: ReturnType<typeof recordRow>, condition: Condition): Promise<boolean> {
    try {
      return (await this.#changes(row, condition)) > 0
    } catch (error) {
      if (isSqlFailure(error, 'unique_violation')) return false
      throw error
    }
  }

  #changes(row: ReturnType<typeof recordRow>, condition: Condition): Promise<number> {
    const { save, saveIntoEmpty, saveOver } = this.#statements
    if (condition === undefined) return this.#database.changes(save, row)
    if (condition === null) return this.#database.changes(saveIntoEmpty, row)
    return this.#database.changes(saveOver, { ...row, expected_event_id: condition })
  }
}

/** The place before the first slot of a kind: no tenant is empty. */
function beforeFirst(kindPrefix: string): ReturnType<typeof slotColumns> {
  return { kind: kindPrefix, tenant_id: '', user_id: '', session_id: '', run_id: '' }
}
