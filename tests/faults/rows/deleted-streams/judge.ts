import type { Figures } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import type { Appended, Seen } from './worker.ts'

/** What was acknowledged of a generation of a stream: the ids at its positions. */
type Generation = ReadonlyMap<number, string>

/** What the processes of a session were answered. */
export interface Race {
  readonly appended: readonly Appended[]
  /** How many streams were deleted. */
  readonly deleted: number
  /** What is in the streams in the end. */
  readonly left: readonly Seen[]
  /** What each process that follows has seen, in order. */
  readonly followed: readonly (readonly Seen[])[]
}

/** Returns what is wrong with the answers of a race. */
export function judge({ appended, deleted, left, followed }: Race): Figures {
  const generations = generationsOf(appended)
  const kept = new Set(left.map(({ generation }) => generation))
  const ended = generations.size - kept.size
  return sumOf([
    figures({ acknowledged: appended.length }),
    ...[...generations.values()].map(judgePositions),
    ...[...kept].map((generation) =>
      judgeKept(
        generations.get(generation) ?? new Map(),
        left.filter((each) => each.generation === generation),
      ),
    ),
    ...followed.map((seen) => judgeFollower(generations, kept, seen)),
    figures({
      violations:
        ended === deleted ? [] : [`${deleted} streams were deleted, and ${ended} have ended`],
    }),
  ])
}

function generationsOf(appended: readonly Appended[]): ReadonlyMap<string, Generation> {
  const generations = new Map<string, Map<number, string>>()
  for (const { generation, first, ids } of appended) {
    const positions = generations.get(generation) ?? new Map<number, string>()
    generations.set(generation, positions)
    for (const [index, id] of ids.entries()) {
      // A position that two batches were given shows as one that is missing.
      positions.set(first + index, id)
    }
  }
  return generations
}

/** Returns what is wrong with the acknowledged positions of a generation: there are no gaps. */
function judgePositions(generation: Generation): Figures {
  const highest = Math.max(...generation.keys())
  return figures({ lost: highest - generation.size })
}

function judgeKept(generation: Generation, left: readonly Seen[]): Figures {
  const isThere = new Set(left.map(({ position }) => position))
  const lost = [...generation.keys()].filter((position) => !isThere.has(position)).length
  return figures({
    lost,
    torn: left.filter(({ position, id }) => generation.get(position) !== id).length,
    duplicated: left.length - isThere.size,
  })
}

/**
 * Returns what is wrong with what a process saw: of each generation all from its beginning, once
 * and in order, and all of those that were kept.
 */
function judgeFollower(
  generations: ReadonlyMap<string, Generation>,
  kept: ReadonlySet<string>,
  seen: readonly Seen[],
): Figures {
  const found: Figures[] = []
  for (const [name, entries] of Map.groupBy(seen, ({ generation }) => generation)) {
    const acknowledged = generations.get(name) ?? new Map()
    const isInOrder = entries.every(
      ({ position, id }, index) => position === index + 1 && acknowledged.get(position) === id,
    )
    const missing = kept.has(name) ? acknowledged.size - entries.length : 0
    const violations = isInOrder ? [] : ['a follower saw entries twice, out of order or with gaps']
    if (missing !== 0) violations.push('a follower did not see all of a stream that was kept')
    found.push(figures({ violations }))
  }
  const unseen = [...kept].filter((name) => !seen.some(({ generation }) => generation === name))
  return sumOf([
    ...found,
    figures({ violations: unseen.map(() => 'a follower did not see a stream that was kept') }),
  ])
}
