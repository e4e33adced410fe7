import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import '@harborage/driver-sqlite'
import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { measure } from '@harborage/test-kit/measure'

describe('the memory store in an SQLite file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-memory-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  memoryConformance(
    { describe, it },
    {
      open: (rules) => openMemoryStore({ ...rules, dsn: `sqlite:${join(folder, 'memory.db')}` }),
      durable: true,
      histories: { runs: measure({ quick: 15, full: 30 }) },
    },
  )
})
