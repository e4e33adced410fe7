import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import '@harborage/driver-fs'
import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { afterEach, beforeEach, describe, it } from 'vitest'
import { flipsInFiles } from './support/flip-bits.ts'
import { measure } from '@harborage/test-kit/measure'
import { SHARE_OF_FILES, shareOfSuite } from '@harborage/test-kit/share-of-suite'

describe('the artifact store on a folder', () => {
  let folder: string
  // A list of all owners reads every folder: those of other cases would take most of the time.
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-artifacts-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  artifactsConformance(shareOfSuite({ describe, it }, SHARE_OF_FILES), {
    open: (limits) => openArtifactStore({ dsn: `fs:${folder}`, ...limits }),
    damage: flipsInFiles(() => folder),
    durable: true,
    histories: { runs: measure({ quick: 10, full: 100 }) },
    // What a call takes where the disk is slow, so that fewer callers make fewer of them.
    callMs: measure({ quick: 8, full: 1 }),
  })
})
