import type { NamedPart } from '@harborage/core/kit'
import type { CheckedTransaction, StatePart } from './state-driver.ts'
import type { CommitOutcome } from './state-record.ts'

/** Returns the commit that does the same as a part, if the slot of a deletion is full. */
export function commitOfPart(part: StatePart): CheckedTransaction {
  if (part.kind !== 'delete') return part.transaction
  const { slot, ifEventId } = part
  const expect = ifEventId === undefined ? [] : [{ ...slot, eventId: ifEventId }]
  return { expect, save: [], saveIfEmpty: [], delete: [slot], deletePrefix: [] }
}

/** Returns all parts as one commit. */
export function commitOfParts(parts: readonly NamedPart<StatePart>[]): CheckedTransaction {
  const commits = parts.map(({ payload }) => commitOfPart(payload))
  return {
    expect: commits.flatMap(({ expect }) => expect),
    save: commits.flatMap(({ save }) => save),
    saveIfEmpty: commits.flatMap(({ saveIfEmpty }) => saveIfEmpty),
    delete: commits.flatMap((commit) => commit.delete),
    deletePrefix: commits.flatMap(({ deletePrefix }) => deletePrefix),
  }
}

/** Returns the outcome of a part that empties one slot. */
export function outcomeOfDelete(isThere: boolean): CommitOutcome {
  return { repeated: false, save: [], saveIfEmpty: [], deleted: isThere ? 1 : 0 }
}
