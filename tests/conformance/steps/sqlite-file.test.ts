import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { stepsConformance } from '@harborage/conformance/steps'
import { openDatabase } from '@harborage/core'
import '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { openStepStores } from './support/open-step-stores.ts'

describe('steps in an SQLite file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-steps-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  stepsConformance(
    { describe, it },
    {
      async open(bus) {
        const database = await openDatabase(`sqlite:${join(folder, 'steps.db')}`)
        return openStepStores(bus, database, () => database.close())
      },
      openElsewhere: () => openStateStore({ dsn: `sqlite:${join(folder, 'other.db')}` }),
      durable: true,
    },
  )
})
