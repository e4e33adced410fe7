import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

import { ClosingLineReporter } from './tests/support/closing-line-reporter.ts'

export default defineConfig({
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'tests/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'bench/test/**/*.test.ts',
    ],
    globalSetup: ['tests/support/postgres-server.ts'],
    reporters: ['default', new ClosingLineReporter()],
    allowOnly: false,
    // Much of the time is spent waiting for disks and servers, so even two cores serve three files at once.
    maxWorkers: Math.max(3, availableParallelism()),
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
