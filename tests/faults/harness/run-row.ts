import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import { bundleBrokenBuild } from './broken-bundles.ts'
import type { BrokenBuild, FaultRow, Figures } from './fault-row.ts'
import { complaints, figures } from './figures.ts'

/** Runs a row. An error of the harness counts as a violation. */
export async function runRow(
  row: FaultRow,
  rounds: number,
  progress: (done: number) => void = () => {},
): Promise<Figures> {
  return settle(row, { rounds, progress })
}

/** Resolves to whether the row notices that the build is broken. */
export async function catches(row: FaultRow, brokenBuild: BrokenBuild): Promise<boolean> {
  const { rounds } = brokenBuild
  mustFit(brokenBuild)
  await using _bundles = await bundleBrokenBuild(brokenBuild)
  const found = await settle(row, { rounds, brokenBuild, progress: () => {} })
  return complaints(found).length > 0
}

/**
 * A broken build whose edits no longer fit the source is a mistake of the row, and must not pass
 * for a catch.
 */
export function mustFit({ name, edits }: BrokenBuild): void {
  for (const { file, from } of edits) {
    const times = readFileSync(join(repositoryRoot, file), 'utf8').split(from).length - 1
    if (times !== 1) {
      throw new Error(
        `broken build "${name}": ${file} holds the text to be replaced ${times} times, not once: ${from}`,
      )
    }
  }
}

async function settle(row: FaultRow, run: Parameters<FaultRow['run']>[0]): Promise<Figures> {
  try {
    return await row.run(run)
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return figures({ violations: [`the run failed: ${reason}`] })
  }
}
