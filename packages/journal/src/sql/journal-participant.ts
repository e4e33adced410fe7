import { inPart, withPart, type NamedPart, type PartResult } from '@harborage/core/kit'
import {
  lockRanks,
  pipeline,
  type SqlParticipant,
  type SqlWork,
  type StepAttempt,
} from '@harborage/core/sql'
import { effectOf } from '../internal/append-effect.ts'
import { streamId } from '../internal/stream-id.ts'
import type { CheckedAppend, JournalPart, JournalPartResult } from '../journal-driver.ts'
import type { AppendResult } from '../journal-record.ts'
import { appendWork, blindAppendWork } from './append-work.ts'
import { replaceWork } from './replace-work.ts'
import type { JournalStatements } from './statements.ts'

type Part = NamedPart<JournalPart>

/** Returns the side that applies the appends and replacements of a step. */
export function journalParticipant(
  statements: JournalStatements,
): SqlParticipant<JournalPart, JournalPartResult> {
  return {
    name: 'journal',
    rank: lockRanks.streams,
    claimOf: (part) => ({ keys: [streamId(keyOf(part))], bytes: sizeOf(part) }),
    work: (parts, attempt) => changesWork(statements, parts, attempt),
  }
}

/** Changes streams in the order of their ids, each by its parts in their order. */
function* changesWork(
  statements: JournalStatements,
  parts: readonly Part[],
  attempt: StepAttempt,
): SqlWork<readonly PartResult<JournalPartResult>[]> {
  const results = new Map<Part, PartResult<JournalPartResult>>()
  const change = function* (ofOne: readonly Part[]): SqlWork<void> {
    for (const part of ofOne) results.set(part, yield* changePart(statements, part, attempt))
  }
  const byId = Map.groupBy(parts, ({ payload }) => streamId(keyOf(payload)))
  const inLockOrder = [...byId].toSorted(([left], [right]) => (left < right ? -1 : 1))
  yield* pipeline(inLockOrder.map(([, ofOne]) => change(ofOne)))
  return parts.flatMap((part) => results.get(part) ?? [])
}

function* changePart(
  statements: JournalStatements,
  { name, payload }: Part,
  { isOptimistic, mayBeApplied }: StepAttempt,
): SqlWork<PartResult<JournalPartResult>> {
  if (payload.kind === 'replace') {
    const work = replaceWork(statements, payload.replacement, mayBeApplied)
    return { result: yield* named(name, work), effect: 'writes' }
  }
  const { append } = payload
  if (isOptimistic && append.ifPosition === undefined) {
    return { result: yield* appendBlindly(statements, append), effect: 'writes' }
  }
  const [settled] = yield* appendWork(statements, append, [append], mayBeApplied)
  if (settled === undefined) throw new Error('an append is settled')
  if ('error' in settled) throw withPart(settled.error, name)
  return { result: settled.result, effect: effectOf(settled.result) }
}

function* appendBlindly(
  statements: JournalStatements,
  append: CheckedAppend,
): SqlWork<AppendResult> {
  const head = yield* blindAppendWork(statements, append, append)
  const before = head.position - append.entries.length
  return {
    head,
    entries: append.entries.map((_, index) => ({
      position: before + 1 + index,
      outcome: 'appended',
    })),
  }
}

/** Runs the work of a part. What it decides to throw names the part. */
function* named<Result>(name: string, work: SqlWork<Result>): SqlWork<Result> {
  let step = inPart(name, () => work.next([]))
  while (step.done !== true) {
    const answers = yield step.value
    step = inPart(name, () => work.next(answers))
  }
  return step.value
}

function keyOf(part: JournalPart) {
  return part.kind === 'append' ? part.append : part.replacement
}

function sizeOf(part: JournalPart): number {
  return keyOf(part).entries.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
}
