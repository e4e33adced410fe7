import type { BrokenBuild, Figures } from './fault-row.ts'

const none: Figures = {
  rounds: 0,
  acknowledged: 0,
  lost: 0,
  duplicated: 0,
  torn: 0,
  foreign: 0,
  unknown: 0,
  violations: [],
}

/** Returns complete figures from those that are not 0. */
export function figures(found: Partial<Figures>): Figures {
  return { ...none, ...found }
}

/** Returns the sum of the figures of several parts of a run. */
export function sumOf(parts: readonly Figures[]): Figures {
  return parts.reduce(
    (sum, part) => ({
      rounds: sum.rounds + part.rounds,
      acknowledged: sum.acknowledged + part.acknowledged,
      lost: sum.lost + part.lost,
      duplicated: sum.duplicated + part.duplicated,
      torn: sum.torn + part.torn,
      foreign: sum.foreign + part.foreign,
      unknown: sum.unknown + part.unknown,
      violations: [...sum.violations, ...part.violations],
    }),
    none,
  )
}

/**
 * Returns what the figures say against the product, one sentence each; nothing if it kept its
 * promises.
 */
export function complaints(found: Figures): readonly string[] {
  const { lost, duplicated, torn, foreign } = found
  return [
    ...Object.entries({ lost, duplicated, torn, foreign })
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`),
    ...[...Map.groupBy(found.violations, (violation) => violation)].map(([violation, same]) =>
      same.length === 1 ? violation : `${violation} (${same.length} times)`,
    ),
  ]
}

/**
 * Returns whether it shows that a build is broken on purpose: what else it does wrong is not waited
 * for.
 */
export function isNoticed(
  brokenBuild: BrokenBuild | undefined,
  found: readonly Figures[],
): boolean {
  return brokenBuild !== undefined && complaints(sumOf(found)).length > 0
}
