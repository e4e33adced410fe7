/** The suite of the state store under Jest, on a driver without and one with resources that have to be released. */
import '@harborage/driver-sqlite'
import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { describe, it } from '@jest/globals'

import { newPath } from '../new-path.ts'

// What is tried here is the runner.
const histories = { runs: 10 }

describe('in memory', () => {
  stateConformance({ describe, it }, { open: () => openStateStore(), durable: false, histories })
})

describe('in a file', () => {
  const dsn = `sqlite:${newPath('suite.db')}`
  stateConformance(
    { describe, it },
    { open: () => openStateStore({ dsn }), durable: true, histories },
  )
})
