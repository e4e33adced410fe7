import type {
  AgentInputItem,
  SessionHistoryTransaction,
  SessionHistoryTransactionArgs,
} from '@openai/agents'
import { createHash } from 'node:crypto'
import { HarborageError, parseEventId, newEventId, type EventId, type Part } from '@harborage/core'
import { encodeJson } from '@harborage/core/adapter'
import type { Entry } from '@harborage/journal'
import { ITEMS, OPERATIONS, type Decision, type History } from './history.ts'
import { decodeItem, entryOf, ITEM } from './item-payload.ts'

/** The parts of a step. */
type Parts = Readonly<Record<string, Part<unknown>>>

/** A transaction whose arguments were checked and captured. */
export interface CheckedTransaction {
  readonly operationId: EventId
  /** A digest of what the transaction does. */
  readonly digest: Uint8Array
  /** What the newest items have to be, as canonical JSON. Empty of an append. */
  readonly expected: readonly string[]
  readonly added: readonly AgentInputItem[]
}

/**
 * Checks a history transaction, and captures it.
 *
 * @throws `invalid_record` if it is malformed.
 */
export function checkTransaction(args: SessionHistoryTransactionArgs): CheckedTransaction {
  const given: unknown = args
  const { operationId, transaction } =
    typeof given === 'object' && given !== null ? args : { operationId: '', transaction: undefined }
  const id: unknown = operationId
  if (typeof id !== 'string' || id.trim() === '') throw malformed('operationId is no text')
  const { expected, added } = contentOf(transaction)
  return {
    operationId: parseEventId(digestOf(id).toString('base64url')),
    digest: digestOf(encodeJson([transaction?.type, expected, added.map(canonical)], ITEM)),
    expected,
    added: structuredClone(added),
  }
}

/** Decides a transaction by what the session holds at a position. */
export async function decideTransaction(
  history: History,
  sessionId: string,
  { operationId, digest, expected, added }: CheckedTransaction,
  position: number,
): Promise<Decision<void>> {
  const { journal, session } = history
  const [applied] = await journal.get(session, OPERATIONS, [operationId])
  if (applied !== undefined) {
    if (Buffer.compare(applied.bytes, digest) === 0) return { write: undefined, result: undefined }
    throw new HarborageError(
      'idempotency_conflict',
      'the operation id was already used for another transaction of this session: make a new one',
    )
  }
  const suffix = await history.entries(expected.length, position)
  if (!isSame(suffix, expected)) {
    throw new HarborageError(
      'condition_failed',
      'the newest items are not those that the transaction expects: nothing was changed, read them and decide again',
    )
  }
  const operation = journal.prepare.append(session, OPERATIONS, [
    { entryId: operationId, type: 'operation', bytes: digest },
  ])
  const entries = added.map((item) => entryOf(sessionId, item))
  const items = itemsPart(history, suffix, entries, position)
  const parts: Parts = items === undefined ? { operation } : { operation, items }
  return { write: () => history.apply(parts), result: undefined }
}

/** Prepares what a transaction does to the items; `undefined` if it does nothing to them. */
function itemsPart(
  { journal, session }: History,
  suffix: readonly Entry[],
  entries: readonly ReturnType<typeof entryOf>[],
  ifPosition: number,
): Part<unknown> | undefined {
  const [first] = suffix
  if (first === undefined && entries.length === 0) return undefined
  if (first === undefined) return journal.prepare.append(session, ITEMS, entries, { ifPosition })
  return journal.prepare.replaceAfter({
    owner: session,
    stream: ITEMS,
    position: first.position - 1,
    entries,
    operationId: newEventId(),
    ifPosition,
  })
}

function contentOf(
  transaction: SessionHistoryTransaction | undefined,
): Pick<CheckedTransaction, 'expected' | 'added'> {
  switch (transaction?.type) {
    case 'append_items':
      return { expected: [], added: listOf('items', transaction.items) }
    case 'replace_suffix':
      return {
        expected: listOf('expectedSuffix', transaction.expectedSuffix).map(canonical),
        added: listOf('replacement', transaction.replacement),
      }
    case undefined:
      throw malformed('transaction is missing')
    default:
      throw malformed('the type of the transaction is unknown')
  }
}

function listOf(name: string, items: AgentInputItem[]): readonly AgentInputItem[] {
  if (Array.isArray(items)) return items
  throw malformed(`${name} is no array`)
}

function isSame(entries: readonly Entry[], expected: readonly string[]): boolean {
  return (
    entries.length === expected.length &&
    entries.every((entry, index) => canonical(decodeItem(entry).item) === expected[index])
  )
}

/** Returns an item as JSON whose names are sorted, so that equal items are equal texts. */
function canonical(item: AgentInputItem): string {
  return JSON.stringify(JSON.parse(encodeJson(item, ITEM)), (_, value: unknown) => sorted(value))
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  )
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf16le').digest()
}

function malformed(what: string): HarborageError {
  return new HarborageError(
    'invalid_record',
    `${what}: pass { operationId, transaction } with an append_items or a replace_suffix`,
  )
}
