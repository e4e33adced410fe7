import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { describe, it } from 'vitest'

import {
  suiteDatabase,
  withoutPreparedStatements,
} from '@harborage/test-kit/postgres/suite-database'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'

describe('the artifact store on Postgres without prepared statements', () => {
  const database = suiteDatabase(withoutPreparedStatements)

  artifactsConformance(
    { describe, it },
    {
      open: (limits) => openArtifactStore({ database: database(), ...limits }),
      durable: true,
      histories: { runs: measure({ quick: 25, full: 100 }) },
      callMs: CALL_MS_OF_VARIANT,
    },
  )
})
