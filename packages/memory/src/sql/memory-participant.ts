import { inPart, type NamedPart, type PartResult } from '@harborage/core/kit'
import {
  lockRanks,
  pipeline,
  type SqlParticipant,
  type SqlWork,
  type StepAttempt,
} from '@harborage/core/sql'
import { conversationKey } from '../internal/conversation-key.ts'
import type { HeldMemory, MemoryChange, MemoryPart } from '../memory-driver.ts'
import { changeWork } from './change-work.ts'
import type { MemoryStatements } from './statements.ts'

type Part = NamedPart<MemoryPart>

/** Returns the side that applies the changes of conversations of a step. */
export function memoryParticipant(
  statements: MemoryStatements,
): SqlParticipant<MemoryPart, unknown> {
  return {
    name: 'memory',
    rank: lockRanks.conversations,
    claimOf: ({ identity }) => ({ keys: [conversationKey(identity)], bytes: 0 }),
    work: (parts, attempt) => changesWork(statements, parts, attempt),
  }
}

/** Changes conversations in the order of their keys, each by its parts in their order. */
function* changesWork(
  statements: MemoryStatements,
  parts: readonly Part[],
  attempt: StepAttempt,
): SqlWork<readonly PartResult<unknown>[]> {
  const results = new Map<Part, PartResult<unknown>>()
  const change = function* (ofOne: readonly Part[]): SqlWork<void> {
    for (const part of ofOne) results.set(part, yield* changePart(statements, part, attempt))
  }
  const byKey = Map.groupBy(parts, ({ payload }) => conversationKey(payload.identity))
  const inLockOrder = [...byKey].toSorted(([left], [right]) => (left < right ? -1 : 1))
  yield* pipeline(inLockOrder.map(([, ofOne]) => change(ofOne)))
  return parts.flatMap((part) => results.get(part) ?? [])
}

function* changePart(
  statements: MemoryStatements,
  { name, payload: { identity, readSet, decide } }: Part,
  { isOptimistic, mayBeApplied }: StepAttempt,
): SqlWork<PartResult<unknown>> {
  let isWritten = false
  const decideHere = (held: HeldMemory): MemoryChange<unknown> => {
    const change = inPart(name, () => decide(held))
    isWritten = change.header !== undefined || change.erase === true
    return change
  }
  const result = yield* changeWork(
    statements,
    identity,
    readSet,
    decideHere,
    mayBeApplied,
    !isOptimistic,
  )
  return { result, effect: isWritten ? 'writes' : 'nothing' }
}
