import { randomUUID } from 'node:crypto'

import { artifactModel, CALLED_CONTENTS } from '@harborage/conformance/artifacts'
import {
  describeCalls,
  unexplainedCalls,
  type RecordedCall,
  type SequentialModel,
} from '@harborage/conformance/histories'
import { journalModel } from '@harborage/conformance/journal'
import { CALLED_KINDS, stateModel } from '@harborage/conformance/state'

import type { Figures } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import type { Worker } from '../../harness/worker.ts'
import type { Work, Worked } from './worker.ts'

const CALLERS = 2
const CALLS = 6
/** The calls that a store recognizes as repeated, so that it retries them itself. */
const RECOGNIZED: readonly string[] = ['save', 'commit', 'put', 'append', 'replaceAfter']

/**
 * Runs the callers of several processes in one tenant, and checks their answers.
 *
 * @param loseAnswers Makes the network of the last process lose calls and answers of this tenant.
 */
export async function raceOnce(
  writers: readonly Worker[],
  seed: number,
  loseAnswers: ((mark: string) => void) | undefined,
): Promise<Figures> {
  const work: Work = { tenantId: `tenant-${randomUUID()}`, seed, callers: CALLERS, calls: CALLS }
  loseAnswers?.(work.tenantId)
  const worked = await Promise.all(writers.map((writer) => writer.call<Worked>('work', work)))
  const lossy = loseAnswers === undefined ? undefined : worked.at(-1)
  const [reader] = writers
  const read = await reader?.call<Worked>('readAll', work)
  if (read !== undefined) worked.push(read)
  return sumOf([
    figures({ rounds: 1 }),
    figuresOf(
      stateModel(CALLED_KINDS),
      worked.flatMap(({ state }) => state),
      lostAttempts(lossy?.state ?? []),
    ),
    figuresOf(
      artifactModel(CALLED_CONTENTS),
      worked.flatMap(({ artifacts }) => artifacts),
      lostAttempts(lossy?.artifacts ?? []),
    ),
    figuresOf(
      journalModel(),
      worked.flatMap(({ journal }) => journal),
      lostAttempts(lossy?.journal ?? []),
    ),
  ])
}

/**
 * Returns the attempts whose answers may have been lost. A store repeats by itself what it
 * recognizes. So every retry of such a call may follow an attempt that took effect, or still does.
 */
function lostAttempts<Call extends RepeatableCall>(
  history: readonly RecordedCall<Call>[],
): readonly RecordedCall<Call>[] {
  return history
    .filter(({ call }) => isRecognized(call))
    .flatMap(({ call, from, to, retries = 0 }) =>
      Array.from({ length: retries }, () => ({ call, from, to, answer: undefined })),
    )
}

/** What tells whether a store repeats a call. */
interface RepeatableCall {
  readonly do: string
  readonly ifEventId?: string | null
}

/**
 * Returns whether a store recognizes the call when it is repeated: a deletion only if it names its
 * record.
 */
function isRecognized(call: RepeatableCall): boolean {
  if (call.do === 'delete') return call.ifEventId !== undefined
  return RECOGNIZED.includes(call.do)
}

function figuresOf<State, Call>(
  model: SequentialModel<State, Call>,
  history: readonly RecordedCall<Call>[],
  attempts: readonly RecordedCall<Call>[],
): Figures {
  const unknown = history.filter(({ answer }) => answer === undefined).length
  return figures({
    acknowledged: history.length - unknown,
    unknown,
    violations: violationsOf(model, history, attempts),
  })
}

function violationsOf<State, Call>(
  model: SequentialModel<State, Call>,
  history: readonly RecordedCall<Call>[],
  attempts: readonly RecordedCall<Call>[],
): readonly string[] {
  // Lost attempts make the search long, and are seldom needed.
  if (unexplainedCalls(model, history) === undefined) return []
  const unexplained = unexplainedCalls(model, [...history, ...attempts])
  if (unexplained === undefined) return []
  return [`no serial order explains these calls:\n${describeCalls(unexplained)}`]
}
