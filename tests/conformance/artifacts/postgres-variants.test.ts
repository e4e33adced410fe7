import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { describe, it } from 'vitest'

import { postgresVariants } from '@harborage/test-kit/postgres/postgres-variants'
import { suiteDatabase } from '@harborage/test-kit/postgres/suite-database'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'

describe.for(postgresVariants)('the artifact store on Postgres $name', ({ open }) => {
  const database = suiteDatabase(open)

  artifactsConformance(
    { describe, it },
    {
      open: (limits) => openArtifactStore({ database: database(), ...limits }),
      durable: true,
      histories: { runs: measure({ quick: 10, full: 100 }) },
      callMs: CALL_MS_OF_VARIANT,
    },
  )
})
