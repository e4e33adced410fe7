import type { CheckpointTuple } from '@langchain/langgraph-checkpoint'

import { digestOf, digestOfCheckpoint } from './digest-of.ts'
import { isRegular, namesIn } from './telling-saver.ts'
import type { Found, Told } from './told.ts'

type Put = Extract<Told, { what: 'put' }>
type Writes = Extract<Told, { what: 'writes' }>

/**
 * Returns what is wrong with a thread.
 *
 * @param told What was told of it, in order.
 * @param tuples Its checkpoints, in all namespaces.
 */
export function judgeThread(told: readonly Told[], tuples: readonly CheckpointTuple[]): Found {
  const held = new Map(tuples.map((tuple) => [nameOf(namesIn(tuple.config)), tuple]))
  const judged = told.map((each) => {
    if (each.what === 'put') return judgePut(each, held.get(nameOf(each)))
    if (each.what === 'writes') return judgeWrites(each, held.get(nameOf(each)))
    return nothing
  })
  const violations = [...Map.groupBy(tuples, ({ config }) => namesIn(config).namespace).values()]
    .flatMap(holesIn)
    .map((hole) => `${told[0]?.thread ?? 'a thread'}: ${hole}`)
  return sumOf([...judged, { ...nothing, duplicated: repeatedIn(told), violations }])
}

/** Nothing is wrong. */
export const nothing: Found = { lost: 0, duplicated: 0, torn: 0, violations: [] }

/** Returns all that was found. */
export function sumOf(found: readonly Found[]): Found {
  return {
    lost: found.reduce((sum, { lost }) => sum + lost, 0),
    duplicated: found.reduce((sum, { duplicated }) => sum + duplicated, 0),
    torn: found.reduce((sum, { torn }) => sum + torn, 0),
    violations: found.flatMap(({ violations }) => violations),
  }
}

/** Returns whether anything was found. */
export function isAnything({ lost, duplicated, torn, violations }: Found): boolean {
  return lost + duplicated + torn + violations.length > 0
}

function judgePut({ parent, values }: Put, tuple: CheckpointTuple | undefined): Found {
  if (tuple === undefined) return { ...nothing, lost: 1 }
  const isExact = digestOfCheckpoint(tuple.checkpoint) === values && parentOf(tuple) === parent
  return isExact ? nothing : { ...nothing, torn: 1 }
}

/** A checkpoint that was not acknowledged need not be there, with what was written to it. */
function judgeWrites({ task, values }: Writes, tuple: CheckpointTuple | undefined): Found {
  if (tuple === undefined) return nothing
  const held = (tuple.pendingWrites ?? []).filter(
    ([by, channel]) => by === task && isRegular(channel),
  )
  if (held.length === 0) return { ...nothing, lost: 1 }
  const isExact = digestOf(held.map(([, channel, value]) => [channel, value])) === values
  return isExact ? nothing : { ...nothing, torn: 1 }
}

/** Returns how many tasks have done something after their writes were acknowledged. */
function repeatedIn(told: readonly Told[]): number {
  const resolved = new Set<string>()
  let repeated = 0
  for (const each of told) {
    if (each.what === 'writes') resolved.add(each.task)
    if (each.what === 'effect' && resolved.has(each.task)) repeated += 1
  }
  return repeated
}

/** Returns where the checkpoints of a namespace are no chain, with a step after the other. */
function holesIn(tuples: readonly CheckpointTuple[]): readonly string[] {
  const inOrder = tuples.toSorted((left, right) => (idOf(left) < idOf(right) ? -1 : 1))
  return inOrder.flatMap((tuple, index) => {
    const { metadata } = tuple
    const follows = parentOf(tuple) === inOrder[index - 1]?.checkpoint.id
    if (follows && metadata?.step === index - 1) return []
    return [`step ${metadata?.step} at ${index} of the history does not follow the one before`]
  })
}

function parentOf({ parentConfig }: CheckpointTuple): string | undefined {
  return parentConfig && namesIn(parentConfig).id
}

function idOf({ checkpoint }: CheckpointTuple): string {
  return checkpoint.id
}

function nameOf({
  namespace,
  id,
}: {
  readonly namespace: string
  readonly id: string | undefined
}): string {
  return `${namespace}/${id}`
}
