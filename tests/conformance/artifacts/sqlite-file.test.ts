import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import '@harborage/driver-sqlite'
import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { flipsInSqlite } from './support/flip-bits.ts'
import { measure } from '@harborage/test-kit/measure'
import { SHARE_OF_SQLITE, shareOfSuite } from '@harborage/test-kit/share-of-suite'

describe('the artifact store in an SQLite file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-artifacts-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  artifactsConformance(shareOfSuite({ describe, it }, SHARE_OF_SQLITE), {
    open: (limits) =>
      openArtifactStore({ dsn: `sqlite:${join(folder, 'artifacts.db')}`, ...limits }),
    damage: flipsInSqlite(() => join(folder, 'artifacts.db')),
    durable: true,
    histories: { runs: measure({ quick: 25, full: 200 }) },
  })
})
