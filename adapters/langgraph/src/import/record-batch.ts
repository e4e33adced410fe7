import type { NewStateRecord } from '@harborage/state'
import type { CheckpointRecords } from './checkpoint-records.ts'

/** From this number of records on, a batch is committed. */
const MAX_RECORDS = 256
/** From this size on, a batch is committed. */
const MAX_BYTES = 4 * 1024 * 1024

/** Records that are committed together. */
export interface Batch {
  readonly save: readonly NewStateRecord[]
  readonly saveIfEmpty: readonly NewStateRecord[]
  /** The checkpoints and the writes that are complete with it, and its size. */
  readonly counts: BatchCounts
}

/** What a batch completes. */
export interface BatchCounts {
  readonly checkpoints: number
  readonly writes: number
  readonly bytes: number
}

/** Collects records into batches, each of which is one commit. */
export class RecordBatch {
  #save: NewStateRecord[] = []
  #saveIfEmpty = new Map<string, NewStateRecord>()
  #bytes = 0
  #checkpoints = 0
  #writes = 0

  /** Returns what was added since the last batch. */
  take(): Batch {
    const batch = {
      save: this.#save,
      saveIfEmpty: [...this.#saveIfEmpty.values()],
      counts: { checkpoints: this.#checkpoints, writes: this.#writes, bytes: this.#bytes },
    }
    this.#save = []
    this.#saveIfEmpty = new Map()
    this.#bytes = 0
    this.#checkpoints = 0
    this.#writes = 0
    return batch
  }

  /**
   * Adds the slots of a checkpoint.
   *
   * @returns The batches that are full. A checkpoint is in no earlier one than its writes and
   * values.
   */
  *add({ records, values, writes }: CheckpointRecords): Generator<Batch> {
    for (const value of values) {
      if (this.#saveIfEmpty.has(value.kind)) continue
      this.#saveIfEmpty.set(value.kind, value)
      this.#bytes += value.bytes.length
      if (this.#isFull()) yield this.take()
    }
    for (const [index, record] of records.entries()) {
      this.#save.push(record)
      this.#bytes += record.bytes.length
      if (index === records.length - 1) {
        this.#checkpoints += 1
        this.#writes += writes
      }
      if (this.#isFull()) yield this.take()
    }
  }

  #isFull(): boolean {
    const count = Math.max(this.#save.length, this.#saveIfEmpty.size)
    return count >= MAX_RECORDS || this.#bytes >= MAX_BYTES
  }
}
