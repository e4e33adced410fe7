/** The suite under `node:test`, on a driver without and one with resources that have to be released. */
import '@harborage/driver-sqlite'
import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { describe, it } from 'node:test'

const dsn = process.env['STATE_DSN'] ?? ''
// What is tried here is the runner.
const histories = { runs: 10 }

void describe('in memory', () => {
  stateConformance({ describe, it }, { open: () => openStateStore(), durable: false, histories })
})

void describe('in a file', () => {
  stateConformance(
    { describe, it },
    { open: () => openStateStore({ dsn }), durable: true, histories },
  )
})
