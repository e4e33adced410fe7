import type { RunIdentity } from '../../identity.ts'
import type { Subtree } from '../../subtree.ts'
import { isWithin } from '../directory.ts'
import { refuseStale } from './refuse-stale.ts'
import { KEPT_MS, otherContent } from './kept-steps.ts'
import type {
  CheckedStep,
  CommittedStep,
  NamedPart,
  PartResult,
  StepPlace,
  StepSide,
} from './step-side.ts'

/** The decisions of a store about its parts of a step. */
export interface StagedParts<Result> {
  /** One for each part, in their order. */
  readonly results: readonly PartResult<Result>[]
  /** Applies what was decided. It cannot fail. */
  readonly apply: () => void
}

/**
 * Decides on parts without changing anything. Parts about the same record, such as two turns of one
 * conversation, are decided on in their order, each as if those before it were applied.
 *
 * @throws The error of a part, with its name.
 */
export type StageParts<Payload, Result> = (
  parts: readonly NamedPart<Payload>[],
) => StagedParts<Result>

/** A step that was applied, as each store that took part remembers it. */
interface KeptStep {
  readonly key: string
  readonly digest: string
  readonly answers: string
  readonly owners: readonly Required<RunIdentity>[]
  readonly at: number
  /** The memories of the stores that took part. */
  readonly holders: readonly KeptSteps[]
}

/** The steps that one store remembers by their keys, oldest first. */
type KeptSteps = Map<string, KeptStep>

/** A store in the memory of this process that takes part in steps. */
interface InMemoryParticipant {
  readonly kept: KeptSteps
  readonly stage: StageParts<unknown, unknown>
}

/**
 * Returns the side of a driver that keeps its data in the memory of this process. All such drivers
 * are one database: each decides on its parts, then all of them apply, in one turn of the event
 * loop.
 */
export function inMemorySide<Payload, Result>(
  stage: StageParts<Payload, Result>,
): StepSide<Payload, Result> {
  const kept: KeptSteps = new Map()
  // The parts of a side are made by its own store.
  const participant: InMemoryParticipant = { kept, stage: stage as StageParts<unknown, unknown> }
  return {
    place: inMemoryPlace,
    participant,
    async forget(subtree: Subtree) {
      for (const step of kept.values()) {
        if (step.owners.some((owner) => isWithin(owner, subtree))) remove(step)
      }
    },
  }
}

const inMemoryPlace: StepPlace = {
  // The same in every installed copy of this package.
  database: Symbol.for('harborage.in_memory'),
  async commit(step: CheckedStep): Promise<CommittedStep> {
    const groups = groupsOf(step)
    const holders = [...groups.keys()].map(({ kept }) => kept)
    const known = findStep(step, holders)
    if (known !== undefined) return { stored: known.answers }
    const results = new Map<string, PartResult<unknown>>()
    const staged = [...groups].map(([{ stage }, parts]) => {
      const decided = stage(parts)
      for (const [index, { name }] of parts.entries()) {
        const result = decided.results[index]
        if (result !== undefined) results.set(name, result)
      }
      return decided
    })
    const all = step.parts.map(({ name }) => results.get(name))
    refuseStale(step, all, false)
    const values = all.map((each) => each?.result)
    const answers = step.write(values)
    for (const { apply } of staged) apply()
    keep(step, answers, holders)
    return { results: values }
  },
}

function groupsOf({ parts }: CheckedStep): Map<InMemoryParticipant, NamedPart<unknown>[]> {
  // All parts of this place have such a participant.
  return Map.groupBy(parts, ({ participant }) => participant as InMemoryParticipant)
}

function findStep({ tenantId, id }: CheckedStep, holders: readonly KeptSteps[]) {
  if (id === undefined) return undefined
  const key = keyOf(tenantId, id.stepId)
  for (const kept of holders) {
    const known = kept.get(key)
    if (known === undefined || isOver(known)) continue
    if (known.digest === id.digest) return known
    throw otherContent()
  }
  return undefined
}

function keep(
  { tenantId, id, owners }: CheckedStep,
  answers: string,
  holders: readonly KeptSteps[],
): void {
  if (id === undefined) return
  const key = keyOf(tenantId, id.stepId)
  const step = { key, digest: id.digest, answers, owners, at: Date.now(), holders }
  for (const kept of holders) {
    for (const old of kept.values()) {
      if (!isOver(old)) break
      remove(old)
    }
    kept.set(key, step)
  }
}

function isOver({ at }: KeptStep): boolean {
  return Date.now() - at > KEPT_MS
}

function remove({ key, holders }: KeptStep): void {
  for (const kept of holders) kept.delete(key)
}

function keyOf(tenantId: string, stepId: string): string {
  return JSON.stringify([tenantId, stepId])
}
