import type { CallOptions, Owner, Part } from '@harborage/core'
import { makePart, type CallGate } from '@harborage/core/kit'
import { checkEntries } from './internal/check-entries.ts'
import { checkReplacement } from './internal/check-replacement.ts'
import { checkPartOptions, checkStream } from './internal/check-stream.ts'
import type {
  CheckedAppend,
  CheckedEntry,
  CheckedReplacement,
  JournalDriver,
  JournalPart,
} from './journal-driver.ts'
import type {
  AppendOptions,
  AppendResult,
  NewEntry,
  Replacement,
  StreamHead,
} from './journal-record.ts'

/**
 * Prepares calls of a `JournalStore` as parts of steps, for `commitTogether`. Each method checks
 * its arguments and copies the bytes at once, and writes nothing. It throws what the method of the
 * store with the same name rejects with.
 */
export class JournalPreparations {
  readonly #driver: JournalDriver
  readonly #gate: CallGate

  /** @internal */
  constructor(driver: JournalDriver, gate: CallGate) {
    this.#driver = driver
    this.#gate = gate
  }

  /**
   * Prepares `JournalStore.append`. Appends to one stream are made in the order of the parts of a
   * step. Followers are woken after the commit.
   */
  append(
    owner: Owner,
    stream: string,
    entries: readonly NewEntry[],
    options?: Omit<AppendOptions, keyof CallOptions>,
  ): Part<AppendResult> {
    return this.#gate.read('prepare.append', () => {
      const key = checkStream(owner, stream)
      const checked = checkEntries(entries, 1)
      const append: CheckedAppend = { ...key, entries: checked, ...checkPartOptions(options) }
      return makePart<JournalPart, AppendResult | StreamHead, AppendResult>({
        side: this.#driver.steps,
        operation: 'journal.append',
        owners: [key.owner],
        bytes: sizeOf(checked),
        contentOf: () => [
          JSON.stringify([ownerOf(append), stream, ...optionsOf(append)]),
          ...contentOf(checked),
        ],
        needsStepId: false,
        payload: () => ({ kind: 'append', append }),
        alone: () => this.#driver.append(append),
        // The result of an append is that of an append.
        answerOf: (result) => result as AppendResult,
        readAnswer: readAppend,
        committed: () => this.#driver.changed?.(key),
        gate: this.#gate,
      })
    })
  }

  /** Prepares `JournalStore.replaceAfter`. A step with it needs a `stepId`. */
  replaceAfter(replacement: Replacement): Part<StreamHead> {
    return this.#gate.read('prepare.replaceAfter', () => {
      const checked = checkReplacement(replacement)
      return makePart<JournalPart, AppendResult | StreamHead, StreamHead>({
        side: this.#driver.steps,
        operation: 'journal.replaceAfter',
        owners: [checked.owner],
        bytes: sizeOf(checked.entries),
        contentOf: () => [contentOfReplacement(checked)],
        needsStepId: true,
        payload: () => ({ kind: 'replace', replacement: checked }),
        alone: () => this.#driver.replaceAfter(checked),
        // The result of a replacement is that of a replacement.
        answerOf: (result) => result as StreamHead,
        readAnswer: readHead,
        committed: () => this.#driver.changed?.(checked),
        gate: this.#gate,
      })
    })
  }
}

function sizeOf(entries: readonly CheckedEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
}

/** Returns entries without their dates, which may default to now. */
function contentOf(entries: readonly CheckedEntry[]): readonly (string | Uint8Array)[] {
  return entries.flatMap(({ entryId, type, bytes }) => [JSON.stringify([entryId, type]), bytes])
}

/** Returns the options of an append. Only one with an expiry has the second. */
function optionsOf({ ifPosition, expiresAt }: CheckedAppend): readonly unknown[] {
  return expiresAt === undefined ? [ifPosition ?? null] : [ifPosition ?? null, expiresAt]
}

function contentOfReplacement(replacement: CheckedReplacement): string {
  const { stream, operationId, digest, ifPosition } = replacement
  return JSON.stringify([ownerOf(replacement), stream, operationId, digest, ifPosition])
}

function ownerOf({ owner }: Pick<CheckedAppend, 'owner'>): readonly string[] {
  const { tenantId, userId, sessionId, runId } = owner
  return [tenantId, userId, sessionId, runId]
}

/** Reads the answer of an append, which this store has written. */
function readAppend(json: unknown): AppendResult {
  const { head, entries } = json as AppendResult
  return { head: readHead(head), entries }
}

/** Reads a head, which this store has written. Its dates are texts in JSON. */
function readHead(json: unknown): StreamHead {
  const head = json as StreamHead
  const { updatedAt, expiresAt } = head
  return {
    ...head,
    updatedAt: new Date(updatedAt),
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
  }
}
