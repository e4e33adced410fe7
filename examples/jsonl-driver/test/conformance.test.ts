import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import '../src/index.ts'
import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, it } from 'vitest'

describe('the JSON-lines driver', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-jsonl-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  stateConformance(
    { describe, it },
    {
      open: () => openStateStore({ dsn: `jsonl:${join(folder, 'state.jsonl')}` }),
      durable: true,
      shared: false,
      histories: { runs: 100 },
    },
  )
})
