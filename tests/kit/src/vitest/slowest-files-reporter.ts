import { appendFileSync, rmSync } from 'node:fs'
import { relative } from 'node:path'

import type { Reporter, TestModule } from 'vitest/node'

import './processor-time.ts'

const SHOWN = 10
/** The path of a CSV file for the figures of all test files, in the order in which they end. */
const FIGURES = process.env['HARBORAGE_TEST_FIGURES']

/** What a test file took. */
interface TimedFile {
  readonly name: string
  /** Its duration, including its loading. */
  readonly seconds: number
  /** What it and the processes that it started used of the processors. 0 where nothing says it. */
  readonly processorSeconds: number
}

/** Lists the slowest test files, and those that use the processors most. */
export class SlowestFilesReporter implements Reporter {
  readonly #usedBefore = new Map<number, number>()
  readonly #files: TimedFile[] = []

  onTestRunStart(): void {
    this.#usedBefore.clear()
    this.#files.length = 0
    if (FIGURES !== undefined) rmSync(FIGURES, { force: true })
  }

  onTestModuleEnd(module: TestModule): void {
    const file: TimedFile = {
      name: relative(module.project.config.root, module.moduleId),
      seconds: secondsOf(module),
      processorSeconds: this.#processorSecondsOf(module),
    }
    this.#files.push(file)
    if (FIGURES !== undefined) appendFileSync(FIGURES, asCsv(file))
  }

  onTestRunEnd(): void {
    // Of few files each stands in the report anyway.
    if (this.#files.length <= SHOWN) return
    this.#print('slowest', ({ seconds }) => seconds)
    this.#print('busiest', ({ processorSeconds }) => processorSeconds)
  }

  #print(which: string, amountOf: (file: TimedFile) => number): void {
    const files = this.#files.toSorted((left, right) => amountOf(right) - amountOf(left))
    const all = files.reduce((sum, file) => sum + amountOf(file), 0)
    if (all === 0) return
    const what = which === 'busiest' ? 's of processor' : 's'
    process.stdout.write(
      `\nthe ${which} of ${files.length} files (${all.toFixed(0)} ${what} in all):\n`,
    )
    for (const file of files.slice(0, SHOWN)) {
      process.stdout.write(`${amountOf(file).toFixed(1).padStart(7)} s  ${file.name}\n`)
    }
    process.stdout.write('\n')
  }

  /** Returns what was used since the last file of the same process ended. */
  #processorSecondsOf(module: TestModule): number {
    const used = module.meta().processorTime
    if (used === undefined) return 0
    const before = this.#usedBefore.get(used.pid) ?? 0
    this.#usedBefore.set(used.pid, used.seconds)
    return used.seconds - before
  }
}

/** Returns a line: seconds of processor, seconds, and the file. */
function asCsv({ name, seconds, processorSeconds }: TimedFile): string {
  return `${processorSeconds.toFixed(2)},${seconds.toFixed(2)},${name}\n`
}

function secondsOf(module: TestModule): number {
  const { collectDuration, setupDuration, duration } = module.diagnostic()
  return (collectDuration + setupDuration + duration) / 1000
}
