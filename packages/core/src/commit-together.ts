import type { CallOptions } from './call-options.ts'
import type { Part } from './part.ts'
import { operationChannel, traceOperation } from './operation-trace.ts'
import { abortReason, isAborted, untilAborted } from './kit/abort-signal.ts'
import { checkSignal, readArguments } from './kit/argument-checks.ts'
import { asDriverFailure } from './kit/driver-failure.ts'
import { checkStep, type NamedContents, type StepToCommit } from './kit/steps/check-step.ts'
import { digestOf } from './kit/steps/digest-of.ts'
import { inPart, withPart } from './kit/steps/error-part.ts'
import type { SteppedPart } from './kit/steps/step-side.ts'

/** Parts of a step by their names, which are those of the answers. */
export type StepParts<Parts> = { readonly [Name in keyof Parts]: Part<unknown> }

/** The argument of {@link commitTogether}. */
export interface Step<Parts extends StepParts<Parts>> {
  /**
   * The idempotency key of the whole step: 1 to 256 UTF-8 bytes, unique within the tenant. A repeat
   * within 7 days returns the first answers and applies nothing. Required with `appRows` and with
   * parts that delete. Default: none, and each part is recognized by its own ids.
   */
  readonly stepId?: string
  /** 1 to 1,000 parts, of at most 16 MiB in all. */
  readonly parts: Parts
}

/**
 * The answers of a step, by the names of its parts. That of a part which may be left out is
 * optional, too.
 */
export type StepAnswers<Parts extends StepParts<Parts>> = {
  readonly [Name in keyof Parts]: [NonNullable<Parts[Name]>] extends [never]
    ? undefined
    : NonNullable<Parts[Name]> extends Part<infer Answer>
      ? Answer
      : never
}

/**
 * Applies the parts of a step in one commit: all of them, or nothing. Parts may be of several
 * stores on one database; the stores in the memory of a process are one database, too.
 *
 * Two parts about the same slot are refused. Turns of one conversation are added in the order of
 * their parts. The same parts may be passed again until they were applied, but not to two calls at
 * once. A step of one part without a `stepId` is the call of the store itself.
 *
 * @returns The answer of each part, as that of the same call of its store.
 * @throws The errors of the parts; `idempotency_conflict` if the `stepId` was used for other
 * content; `database_mismatch` if the parts are of several databases, or a driver takes no part in
 * steps; `step_too_large` above 16 MiB; `condition_failed` if there is no `stepId`, a part was
 * superseded and another would be written; `invalid_record` if the step is malformed;
 * `store_closed`, `store_unavailable`, `outcome_unknown`. An error that is about one part names it
 * as its `part`. Nothing was applied, unless the outcome is unknown.
 *
 * @example
 * ```ts
 * import { commitTogether, newEventId } from '@harborage/core'
 * import { openStateStore } from '@harborage/state'
 *
 * await using state = await openStateStore()
 * const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
 * const bytes = new TextEncoder().encode('step 3')
 * const { checkpoint, cursor } = await commitTogether({
 *   stepId: 's1/3',
 *   parts: {
 *     checkpoint: state.prepare.save({ eventId: newEventId(), identity, kind: 'run.step', bytes }),
 *     cursor: state.prepare.save({ eventId: newEventId(), identity, kind: 'run.cursor', bytes }),
 *   },
 * })
 * checkpoint // 'saved'
 * ```
 */
export async function commitTogether<const Parts extends StepParts<Parts>>(
  step: Step<Parts>,
  options?: CallOptions,
): Promise<StepAnswers<Parts>> {
  let signal: AbortSignal | undefined
  const call = async (): Promise<Record<string, unknown>> => {
    const checked = readArguments(() => checkStep(step))
    signal = readArguments(() => checkSignal(options))
    if (signal === undefined) return run(checked)
    if (isAborted(signal)) throw abortReason(signal)
    return untilAborted(signal, run(checked))
  }
  const traced = { store: 'steps', operation: 'commitTogether', signal: options?.signal } as const
  const answers = operationChannel.hasSubscribers ? traceOperation(traced, call) : call()
  // There is one answer for each part, made by the store that prepared it.
  return (await answers) as StepAnswers<Parts>
}

/** Applies a checked step, whose parts are in use until it ends. */
async function run(step: StepToCommit): Promise<Record<string, unknown>> {
  const { parts } = step
  const entered: NamedContents[] = []
  let isApplied = false
  try {
    for (const part of parts) {
      inPart(part.name, () => part.contents.gate.enter())
      entered.push(part)
      part.contents.use = 'in use'
    }
    const answers = await commit(step)
    isApplied = true
    return answers
  } catch (error) {
    throw asDriverFailure(error)
  } finally {
    for (const { contents } of entered) {
      contents.use = isApplied ? 'applied' : 'free'
      contents.gate.leave()
    }
  }
}

async function commit(step: StepToCommit): Promise<Record<string, unknown>> {
  const { place, tenantId, stepId, owners, parts } = step
  const [first] = parts
  if (parts.length === 1 && first !== undefined && stepId === undefined) return commitAlone(first)
  const stepped = await Promise.all(parts.map(withPayload))
  const write = (results: readonly unknown[]): string =>
    JSON.stringify(parts.map(({ contents }, index) => contents.answerOf(results[index]) ?? null))
  const { results, stored } = await place.commit({
    tenantId,
    id: stepId === undefined ? undefined : { stepId, digest: digestOf(parts) },
    owners,
    parts: stepped,
    write,
  })
  if (stored !== undefined) return storedAnswers(parts, stored)
  for (const [index, { contents }] of parts.entries()) contents.committed?.(results[index])
  return Object.fromEntries<unknown>(
    parts.map(({ name, contents }, index) => [name, contents.answerOf(results[index])]),
  )
}

async function commitAlone({ name, contents }: NamedContents): Promise<Record<string, unknown>> {
  try {
    const result = await contents.alone(await contents.payload())
    contents.committed?.(result)
    return Object.fromEntries<unknown>([[name, contents.answerOf(result)]])
  } catch (error) {
    throw withPart(error, name)
  }
}

async function withPayload({ name, participant, contents }: NamedContents): Promise<SteppedPart> {
  return { name, participant, payload: await contents.payload() }
}

function storedAnswers(parts: readonly NamedContents[], stored: string): Record<string, unknown> {
  const answers: unknown = JSON.parse(stored)
  return Object.fromEntries<unknown>(
    parts.map(({ name, contents }, index) => [
      name,
      contents.readAnswer(Array.isArray(answers) ? answers[index] : undefined),
    ]),
  )
}
