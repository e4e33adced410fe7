import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { describe, it } from 'vitest'

import { postgresVariants } from '@harborage/test-kit/postgres/postgres-variants'
import { suiteDatabase } from '@harborage/test-kit/postgres/suite-database'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'

describe.for(postgresVariants)('the artifact store on Postgres $name', ({ open }) => {
  const database = suiteDatabase(open)

  artifactsConformance(shareOfSuite({ describe, it }, { of: 12, part: 1 }), {
    open: (limits) => openArtifactStore({ database: database(), ...limits }),
    durable: true,
    histories: { runs: measure({ quick: 10, full: 100 }) },
    callMs: CALL_MS_OF_VARIANT,
  })
})
