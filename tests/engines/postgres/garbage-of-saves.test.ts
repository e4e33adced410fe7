import { getHeapSpaceStatistics } from 'node:v8'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { newRecord, openOwnStore } from './support/test-store.ts'

const CALLERS = 32
const MIB = 1024 * 1024

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgresServer()
})

afterAll(() => server.stop())

test('the garbage of saves is collected while it is young', async () => {
  await using own = await openOwnStore({ dsn: server.dsn })
  const saveAll = (times: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: CALLERS }, async (_, caller) => {
        for (let time = 0; time < times; time += 1)
          await own.state.save(newRecord({ kind: `garbage ${caller}` }))
      }),
    )
  await saveAll(200)
  const before = oldBytes()
  let most = before
  for (let part = 0; part < 20; part += 1) {
    await saveAll(50)
    most = Math.max(most, oldBytes())
  }
  // Were it kept until a full collection, there would be 3 MiB and more before one begins.
  expect(most - before).toBeLessThan(MIB)
})

/** Returns what has outlived two collections of young objects. */
function oldBytes(): number {
  const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')
  return old?.space_used_size ?? Number.NaN
}
