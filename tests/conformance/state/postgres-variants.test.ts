import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { describe, it } from 'vitest'

import { ownPoolVariant, postgresVariants } from '@harborage/test-kit/postgres/postgres-variants'
import { suiteDatabase } from '@harborage/test-kit/postgres/suite-database'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'

const variants = new Set([...postgresVariants, ownPoolVariant])

describe.for([...variants])('the state store on Postgres $name', ({ open }) => {
  const database = suiteDatabase(open)

  stateConformance(shareOfSuite({ describe, it }, { of: 24, part: 6 }), {
    open: () => openStateStore({ database: database() }),
    durable: true,
    histories: { runs: measure({ quick: 10, full: 400 }) },
    callMs: CALL_MS_OF_VARIANT,
  })
})
