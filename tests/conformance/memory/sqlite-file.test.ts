import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import '@harborage/driver-sqlite'
import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { measure } from '@harborage/test-kit/measure'
import { SHARE_OF_SQLITE, shareOfSuite } from '@harborage/test-kit/share-of-suite'

describe('the memory store in an SQLite file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-memory-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  memoryConformance(shareOfSuite({ describe, it }, SHARE_OF_SQLITE), {
    open: (rules) => openMemoryStore({ ...rules, dsn: `sqlite:${join(folder, 'memory.db')}` }),
    durable: true,
    histories: { runs: measure({ quick: 15, full: 30 }) },
  })
})
