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
import { appendExpectedWork, planAppend } from './append-expected.ts'
import { changeWork } from './change-work.ts'
import type { LastHeaders } from './last-headers.ts'
import type { MemoryStatements } from './statements.ts'

type Part = NamedPart<MemoryPart>

/** What the changes of conversations of a step need. */
interface Means {
  readonly statements: MemoryStatements
  /** What a failed step leaves there costs the next one an attempt, and is found out by it. */
  readonly headers: LastHeaders
}

/** Returns the side that applies the changes of conversations of a step. */
export function memoryParticipant(
  statements: MemoryStatements,
  headers: LastHeaders,
): SqlParticipant<MemoryPart, unknown> {
  return {
    name: 'memory',
    rank: lockRanks.conversations,
    claimOf: ({ identity }) => ({ keys: [conversationKey(identity)], bytes: 0 }),
    work: (parts, attempt) => changesWork({ statements, headers }, parts, attempt),
  }
}

/** Changes conversations in the order of their keys, each by its parts in their order. */
function* changesWork(
  means: Means,
  parts: readonly Part[],
  attempt: StepAttempt,
): SqlWork<readonly PartResult<unknown>[]> {
  const results = new Map<Part, PartResult<unknown>>()
  const change = function* (key: string, ofOne: readonly Part[]): SqlWork<void> {
    for (const part of ofOne) results.set(part, yield* changePart(means, key, part, attempt))
  }
  const byKey = Map.groupBy(parts, ({ payload }) => conversationKey(payload.identity))
  const inLockOrder = [...byKey].toSorted(([left], [right]) => (left < right ? -1 : 1))
  yield* pipeline(inLockOrder.map(([key, ofOne]) => change(key, ofOne)))
  return parts.flatMap((part) => results.get(part) ?? [])
}

function* changePart(
  { statements, headers }: Means,
  key: string,
  { name, payload: { identity, readSet, decide } }: Part,
  { isOptimistic, mayBeApplied }: StepAttempt,
): SqlWork<PartResult<unknown>> {
  const decideHere = (held: HeldMemory): MemoryChange<unknown> => inPart(name, () => decide(held))
  const expected = isOptimistic ? headers.take(key) : undefined
  const planned = expected && planAppend(identity, expected, readSet, decideHere)
  if (planned !== undefined) {
    yield* appendExpectedWork(statements, planned.row)
    headers.leaveExpected(key, planned.left)
    return { result: planned.result, effect: 'writes' }
  }
  let isWritten = false
  let leave: (() => void) | undefined
  const deciding = (held: HeldMemory): MemoryChange<unknown> => {
    const change = decideHere(held)
    const { header, erase } = change
    isWritten = header !== undefined || erase === true
    leave = header && (() => headers.leave(key, held.header, header, expected))
    return change
  }
  const result = yield* changeWork(
    statements,
    identity,
    readSet,
    deciding,
    mayBeApplied,
    !isOptimistic,
  )
  leave?.()
  return { result, effect: isWritten ? 'writes' : 'nothing' }
}
