/** The suite under `node:test`, on a driver without and one with resources that have to be released. */
import '@harborage/driver-sqlite'
import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { describe, it } from 'node:test'

const dsn = process.env['MEMORY_DSN'] ?? ''
// What is tried here is the runner.
const histories = { runs: 2 }

void describe('in memory', () => {
  memoryConformance(
    { describe, it },
    { open: (rules) => openMemoryStore(rules), durable: false, histories },
  )
})

void describe('in a file', () => {
  memoryConformance(
    { describe, it },
    { open: (rules) => openMemoryStore({ ...rules, dsn }), durable: true, histories },
  )
})
