import type { NamedPart, PartResult } from '@harborage/core/kit'
import {
  lockRanks,
  WriteConflict,
  type SqlParticipant,
  type SqlWork,
  type StepAttempt,
} from '@harborage/core/sql'
import { decideParts, refuseOverlaps, resultOf } from '../decide-parts.ts'
import type { StatePart } from '../state-driver.ts'
import { commitOfPart, commitOfParts } from '../state-part.ts'
import type { CommitOutcome } from '../state-record.ts'
import { applySlots } from './apply-slots.ts'
import { allApplied, unreadChanges } from './commit.ts'
import { decidedWork } from './commit-work.ts'
import type { StateStatements } from './statements.ts'
import { claimOf, touchedSlots } from './touched-slots.ts'

/** Returns the side that applies the parts of a step about slots, as one commit. */
export function stateParticipant(
  statements: StateStatements,
): SqlParticipant<StatePart, CommitOutcome> {
  return {
    name: 'state',
    rank: lockRanks.slots,
    claimOf: (part) => claimOf(touchedSlots(commitOfPart(part))),
    work: (parts, attempt) => partsWork(statements, parts, attempt),
  }
}

function* partsWork(
  statements: StateStatements,
  parts: readonly NamedPart<StatePart>[],
  { isOptimistic, mayBeApplied }: StepAttempt,
): SqlWork<readonly PartResult<CommitOutcome>[]> {
  refuseOverlaps(parts)
  const transaction = commitOfParts(parts)
  const touched = touchedSlots(transaction)
  if (!isOptimistic) {
    const { results } = yield* decidedWork(
      statements,
      transaction,
      mayBeApplied,
      touched,
      (slots) => decideParts(slots, parts),
    )
    return results
  }
  const changes = unreadChanges(transaction, touched)
  // What has to be read is locked after the reading, when rows of other stores may be locked.
  if (changes === undefined) throw new WriteConflict()
  yield* applySlots(statements, changes)
  return parts.map(({ payload }) => resultOf(allApplied(commitOfPart(payload))))
}
