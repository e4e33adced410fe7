import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import '../src/index.ts'
import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { afterEach, beforeEach, describe, it } from 'vitest'

describe('the JSON-lines driver', () => {
  let folder: string
  // One file per case: opening reads the whole file, and cases open the store many times.
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-jsonl-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  stateConformance(
    { describe, it },
    {
      open: () => openStateStore({ dsn: `jsonl:${join(folder, 'state.jsonl')}` }),
      openWithoutKindIndex: () =>
        openStateStore({ dsn: `jsonl:${join(folder, 'other.jsonl')}`, kindIndex: false }),
      durable: true,
      shared: false,
      histories: { runs: 100 },
    },
  )
})
