import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultExclude, defineConfig } from 'vitest/config'

import { publishedPackages, publishedPatterns } from './scripts/published-packages.ts'
import type { BundledPackages } from './tests/kit/src/vitest/bundle-libraries.ts'
import { ClosingLineReporter } from './tests/kit/src/vitest/closing-line-reporter.ts'
import { HANG_LIMIT_MS } from './tests/kit/src/hang-limit.ts'
import { memoryFolder } from './tests/kit/src/vitest/memory-folder.ts'
import { SlowFilesFirst } from './tests/kit/src/vitest/slow-files-first.ts'
import { SlowestFilesReporter } from './tests/kit/src/vitest/slowest-files-reporter.ts'

/** Tests of what is registered in a process, such as drivers, engines and names of subsystems. */
const testsOfRegistries = [
  ...publishedPatterns.map(
    (pattern) => `${pattern}/test/{open-*,register-*,registration,driver-*}.test.ts`,
  ),
  'tests/**/{registration,subsystem-names}.test.ts',
]

/** Tests that measure or listen to their whole process: others would change what they find. */
const testsOfAProcess = [
  // Event ids never go back, so a test that moves the clock forward would be seen here.
  'packages/core/test/event-id.test.ts',
  'tests/engines/postgres/garbage-of-saves.test.ts',
  // They count the timers that are left.
  'packages/memory/test/event-order.test.ts',
  'tests/stores/memory/health.test.ts',
  'tests/observability/*.test.ts',
]

/** Tests of the packed packages, which are packed once. */
const testsOfPackages = 'tests/workspace/packaging/**/*.test.ts'

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'isolated',
          include: [...testsOfRegistries, ...testsOfAProcess],
        },
      },
      {
        extends: true,
        test: {
          name: 'packaging',
          include: [testsOfPackages],
          globalSetup: ['tests/workspace/packaging/serve-packages.ts'],
        },
      },
      {
        extends: true,
        test: {
          // A process for each would cost a third of all: most of it to load the same modules again.
          name: 'shared',
          include: [
            ...publishedPatterns.map((pattern) => `${pattern}/test/**/*.test.ts`),
            'tests/**/*.test.ts',
            'examples/*/test/**/*.test.ts',
            'bench/test/**/*.test.ts',
          ],
          exclude: [...defaultExclude, ...testsOfRegistries, ...testsOfAProcess, testsOfPackages],
          isolate: false,
        },
      },
    ],
    globalSetup: [
      'tests/kit/src/vitest/memory-folder.ts',
      'tests/kit/src/vitest/bundle-libraries.ts',
      'tests/kit/src/postgres/shared-server.ts',
    ],
    provide: {
      publishedFolders: publishedPackages(import.meta.dirname).map(({ folder }) => folder),
    } satisfies BundledPackages,
    setupFiles: ['tests/kit/src/vitest/record-processor-time.ts'],
    reporters: ['default', new SlowestFilesReporter(), new ClosingLineReporter()],
    allowOnly: false,
    // A spy of one file must not be there in the next one of its process.
    restoreMocks: true,
    sequence: { sequencer: SlowFilesFirst },
    env: {
      // The many processes that tests start compile their sources once.
      NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node-compile'),
      ...(memoryFolder && { TMPDIR: memoryFolder, HARBORAGE_TEST_DISK_FOLDER: tmpdir() }),
    },
    // Much of the time is spent waiting for disks and servers, so even two cores serve three files at once.
    maxWorkers: Math.max(3, availableParallelism()),
    // Ends what hangs. No test has a limit of its own: on a slow or busy machine all of it takes longer.
    testTimeout: 2 * HANG_LIMIT_MS,
    hookTimeout: 2 * HANG_LIMIT_MS,
    teardownTimeout: HANG_LIMIT_MS,
  },
})
