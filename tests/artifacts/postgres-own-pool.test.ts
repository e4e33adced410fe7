import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { describe, it } from 'vitest'

import { overOwnPool, suiteDatabase } from '../support/suite-database.ts'

describe("the artifact store over the caller's own pool", () => {
  const database = suiteDatabase(overOwnPool)

  artifactsConformance(
    { describe, it },
    {
      open: (limits) => openArtifactStore({ database: database(), ...limits }),
      durable: true,
      histories: { runs: 100 },
    },
  )
})
