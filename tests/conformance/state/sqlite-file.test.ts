import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import '@harborage/driver-sqlite'
import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { measure } from '@harborage/test-kit/measure'
import { SHARE_OF_SQLITE, shareOfSuite } from '@harborage/test-kit/share-of-suite'

describe('the state store in an SQLite file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-state-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  stateConformance(shareOfSuite({ describe, it }, SHARE_OF_SQLITE), {
    open: () => openStateStore({ dsn: `sqlite:${join(folder, 'state.db')}` }),
    openWithoutKindIndex: () =>
      openStateStore({ dsn: `sqlite:${join(folder, 'other.db')}`, kindIndex: false }),
    durable: true,
    histories: { runs: measure({ quick: 25, full: 1_000 }) },
  })
})
