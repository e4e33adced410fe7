/** Loaded before each test file: see slowest-files-reporter.ts. */
import { afterAll } from 'vitest'

import { processorTime } from './processor-time.ts'

afterAll(({}, { file }) => {
  const used = processorTime()
  if (used !== undefined) file.meta.processorTime = used
})
