import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Ends a run with one plain line, and fails the run if a test was skipped. */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      counts.failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') counts[state] += 1
        if (state === 'skipped')
          process.stdout.write(`skipped: ${module.moduleId} ${test.fullName}\n`)
      }
    }
    if (counts.skipped > 0) process.exitCode = 1
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
    process.stdout.write(`tests: ${counts.passed} passed, ${counts.failed} failed${skipped}\n`)
  }
}
