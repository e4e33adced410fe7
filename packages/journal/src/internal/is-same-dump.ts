import type { DumpedRecord } from '../dumped-record.ts'

const NONE = new Uint8Array()

/** Returns whether two records of one place are equal. */
export function isSameDump(left: DumpedRecord, right: DumpedRecord): boolean {
  return (
    JSON.stringify(factsOf(left)) === JSON.stringify(factsOf(right)) &&
    Buffer.compare(bytesOf(left), bytesOf(right)) === 0
  )
}

/** Returns the content of a record in bytes. */
export function bytesOf(record: DumpedRecord): Uint8Array {
  return record.kind === 'entry' ? record.bytes : NONE
}

/** Returns all of a record but its owner, its stream and its bytes, in a fixed order. */
function factsOf(record: DumpedRecord): readonly unknown[] {
  const { kind, generation } = record
  switch (kind) {
    case 'stream': {
      const { head, recentAt, operations } = record
      const { first, position, length, updatedAt, expiresAt } = head
      const dates = [updatedAt, recentAt, expiresAt]
      const remembered = operations.map(({ operationId, digest }) => [operationId, digest])
      return [kind, generation, first, position, length, dates, remembered]
    }
    case 'dropped':
      return [kind, generation, record.position, record.entryId]
    case 'entry': {
      const { position, entryId, type, createdAt } = record
      return [kind, generation, position, entryId, type, createdAt]
    }
    case 'replacement':
      return [kind, generation, record.position, record.replacedAfter]
  }
}
