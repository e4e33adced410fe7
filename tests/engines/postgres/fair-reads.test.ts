import { afterAll, beforeAll, expect, test } from 'vitest'

import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { ann, newRecord, openOwnStore } from './support/test-store.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
})

afterAll(() => database.drop())

/** More calls than a connection serves before it is passed to a waiting caller. */
const READS_OF_A_TURN = 200

test.each([1, 2, 4])(
  'a caller that reads without a pause does not keep any of %i connections while others wait',
  async (max) => {
    await using own = await openOwnStore({
      dsn: database.dsn,
      max,
      connectionTimeoutMs: HANG_LIMIT_MS,
    })
    let isWriting = true
    const reading = (async () => {
      let reads = 0
      for (; isWriting || reads < READS_OF_A_TURN * max; reads += 1) await own.state.load(ann, 'k')
      return reads
    })()
    const writers = Array.from({ length: max * 2 }, async (_, writer) => {
      for (let round = 0; round < 40; round += 1) {
        const kind = `k${writer}`
        const expect = [{ identity: ann, kind: `absent ${writer}`, eventId: null }]
        await own.state.commit({ expect, save: [newRecord({ kind })] })
      }
    })
    const written = Promise.all(writers).finally(() => {
      isWriting = false
    })
    const [reads] = await Promise.all([reading, written])
    expect(reads).toBeGreaterThanOrEqual(READS_OF_A_TURN * max)
    // Every connection is free again: this number of concurrent transactions needs all of them.
    const at = Array.from({ length: max }, (_, index) => `all ${index}`)
    await Promise.all(at.map((kind) => own.state.commit({ delete: [{ identity: ann, kind }] })))
  },
)
