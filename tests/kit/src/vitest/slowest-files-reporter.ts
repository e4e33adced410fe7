import { relative } from 'node:path'

import type { Reporter, TestModule } from 'vitest/node'

const SHOWN = 10

/** Lists the slowest test files. */
export class SlowestFilesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    // Of few files each stands in the report anyway.
    if (modules.length <= SHOWN) return
    const timed = modules.map((module) => ({ name: nameOf(module), seconds: secondsOf(module) }))
    const slowest = timed.toSorted((left, right) => right.seconds - left.seconds).slice(0, SHOWN)
    const all = timed.reduce((sum, { seconds }) => sum + seconds, 0)
    process.stdout.write(`\nthe slowest of ${modules.length} files (${all.toFixed(0)} s in all):\n`)
    for (const { name, seconds } of slowest) {
      process.stdout.write(`${seconds.toFixed(1).padStart(7)} s  ${name}\n`)
    }
    process.stdout.write('\n')
  }
}

/** Returns the duration of a file in seconds, including its loading. */
function secondsOf(module: TestModule): number {
  const { collectDuration, setupDuration, duration } = module.diagnostic()
  return (collectDuration + setupDuration + duration) / 1000
}

function nameOf({ moduleId, project }: TestModule): string {
  return relative(project.config.root, moduleId)
}
