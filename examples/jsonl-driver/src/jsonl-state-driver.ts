import {
  type EventId,
  HarborageError,
  type Identity,
  type RunIdentity,
  type Subtree,
} from '@harborage/core'
import type { DirectoryPage, LoadOutcome } from '@harborage/core/kit'
import {
  decideCommit,
  decideDelete,
  decideSave,
  decideTouch,
  InMemoryStateDriver,
  kindIndexOff,
  type CheckedRecord,
  type CheckedTransaction,
  type CommitOutcome,
  type Condition,
  type DeleteBatch,
  type DeletedBatch,
  type DumpedSlot,
  type DumpPage,
  type KindRange,
  type ListKeysPage,
  type ListKindPage,
  type ListPage,
  type PrunableSlot,
  type PrunePage,
  type SaveOutcome,
  type SlotKey,
  type StateDriver,
  type StateDriverOptions,
  type StateKey,
  type StateRecord,
  type Touch,
} from '@harborage/state'
import { Clock } from './clock.ts'
import { decodeChange, encodeChange, type Change } from './change.ts'
import { LineFile } from './line-file.ts'

/**
 * A state driver on an append-only file of JSON lines, with one line for everything that a call
 * changed. It also keeps everything in memory. Only one process can use it at a time.
 */
export class JsonlStateDriver implements StateDriver {
  readonly #file: LineFile
  readonly #clock: Clock
  readonly #held: InMemoryStateDriver
  /** Ends when the latest write has ended. */
  #lastWrite: Promise<unknown> = Promise.resolve()

  readonly #hasKindIndex: boolean

  private constructor(
    file: LineFile,
    clock: Clock,
    held: InMemoryStateDriver,
    hasKindIndex: boolean,
  ) {
    this.#file = file
    this.#clock = clock
    this.#held = held
    this.#hasKindIndex = hasKindIndex
  }

  static async open(
    path: string,
    { kindIndex = true }: StateDriverOptions = {},
  ): Promise<JsonlStateDriver> {
    const { file, lines } = await LineFile.open(path)
    try {
      const clock = new Clock()
      const held = new InMemoryStateDriver({ clock: () => clock.now() })
      for (const line of lines) {
        const change = decodeChange(line)
        clock.stopAt(change.at)
        await apply(held, change)
      }
      clock.run()
      return new JsonlStateDriver(file, clock, held, kindIndex)
    } catch (cause) {
      await file.close()
      throw new HarborageError(
        'store_unavailable',
        'the file is damaged: restore it from a backup',
        {
          cause,
          retryable: false,
        },
      )
    }
  }

  load(slot: SlotKey): Promise<StateRecord | undefined> {
    return this.#held.load(slot)
  }

  loadMany(
    slots: readonly SlotKey[],
    maxBytes: number,
  ): Promise<readonly (StateRecord | undefined)[] | undefined> {
    return this.#held.loadMany(slots, maxBytes)
  }

  loadByEventId(identity: Identity, eventId: EventId): Promise<StateRecord | undefined> {
    return this.#held.loadByEventId(identity, eventId)
  }

  save(record: CheckedRecord, condition: Condition): Promise<SaveOutcome> {
    return this.#inTurn(async () => {
      const outcome = decideSave(this.#held, record, condition)
      if (outcome === 'saved') await this.#write({ save: [record], delete: [] })
      return outcome
    })
  }

  delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    return this.#inTurn(async () => {
      const isThere = decideDelete(this.#held.generationOf(slot), ifEventId)
      if (isThere) await this.#write({ save: [], delete: [slot] })
      return isThere
    })
  }

  deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number> {
    return this.#inTurn(async () => {
      const slots = await this.#slotsWithin(subtree)
      if (slots.length > 0) await this.#write({ save: [], delete: slots })
      return slots.length
    })
  }

  touch(touch: Touch): Promise<boolean> {
    return this.#inTurn(async () => {
      const isTouched = decideTouch(this.#held.generationOf(touch.slot), touch.ifEventId)
      if (isTouched) await this.#write({ save: [], delete: [], touch: [touch] })
      return isTouched
    })
  }

  deleteBatch({ subtree, after, limit }: DeleteBatch): Promise<DeletedBatch> {
    return this.#inTurn(async () => {
      const left = await this.#slotsWithin(subtree, after)
      const slots = left.slice(0, limit)
      if (slots.length > 0) await this.#write({ save: [], delete: slots })
      return { deleted: slots.length, last: slots.length < left.length ? slots.at(-1) : undefined }
    })
  }

  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    return this.#held.countAll(subtree)
  }

  prunePage(page: PrunePage): Promise<readonly PrunableSlot[]> {
    return this.#held.prunePage(page)
  }

  prune(slots: readonly PrunableSlot[]): Promise<number> {
    return this.#inTurn(async () => {
      const unchanged = this.#held.unchanged(slots)
      if (unchanged.length > 0) await this.#write({ save: [], delete: unchanged })
      return unchanged.length
    })
  }

  commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    return this.#inTurn(async () => {
      const { outcome, write, remove } = decideCommit(this.#held, transaction)
      if (write.length + remove.length > 0) await this.#write({ save: write, delete: remove })
      return outcome
    })
  }

  listPage(page: ListPage): Promise<readonly StateRecord[]> {
    return this.#held.listPage(page)
  }

  listKeysPage(page: ListKeysPage): Promise<readonly StateKey[]> {
    return this.#held.listKeysPage(page)
  }

  count(range: KindRange): Promise<number> {
    return this.#held.count(range)
  }

  async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    if (!this.#hasKindIndex) throw kindIndexOff()
    return this.#held.listKindPage(page)
  }

  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return this.#held.directoryPage(page)
  }

  dumpPage(page: DumpPage): Promise<readonly DumpedSlot[]> {
    return this.#held.dumpPage(page)
  }

  loadDump(records: readonly DumpedSlot[]): Promise<readonly LoadOutcome[]> {
    return this.#inTurn(async () => {
      // Which of them have a place is decided in the same way when the line is replayed.
      const change = { save: [], delete: [], load: records, at: this.#clock.now() }
      await this.#file.append(encodeChange(change))
      return this.#held.loadDump(records)
    })
  }

  /** Reads the clock of this process, which alone uses the file. */
  now(): Promise<Date> {
    return this.#held.now()
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  /** Runs one work after the other: no decision comes between another one and its write. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#lastWrite.then(() => this.#clock.stopDuring(work))
    this.#lastWrite = turn.catch(() => {})
    return turn
  }

  /** Disk first, then memory: no reader sees what a power cut could take back. */
  async #write(change: Change): Promise<void> {
    await this.#file.append(encodeChange({ ...change, at: this.#clock.now() }))
    await apply(this.#held, change)
  }

  #slotsWithin(subtree: Subtree, after?: SlotKey): Promise<readonly SlotKey[]> {
    return this.#held.prunePage({ subtree, after, limit: Number.POSITIVE_INFINITY })
  }
}

async function apply(held: InMemoryStateDriver, change: Change): Promise<void> {
  const { save, delete: deletions, load = [], touch = [] } = change
  await held.commit({ expect: [], save, saveIfEmpty: [], delete: deletions, deletePrefix: [] })
  await held.loadDump(load)
  for (const each of touch) await held.touch(each)
}
