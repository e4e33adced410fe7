import { randomFillSync } from 'node:crypto'

import { openArtifactStore, type ArtifactFilter, type ArtifactStore } from '@harborage/artifacts'
import type { Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { explain, type Plan } from './support/explain.ts'
import { recordStatements, type Recorded } from './support/record-statements.ts'

const COUNT = 400
const SESSIONS = 8
const owner = { tenantId: 'small', userId: 'u' }
const small = { ...owner, sessionId: 's1', taskId: 'k', namespace: 'n' }
const large = { ...small, tenantId: 'large' }
const pageSize = 20

let created: TestDatabase
let opened: Database
let artifacts: ArtifactStore
let recorded: Recorded[]
let client: Client
beforeAll(async () => {
  created = await createDatabase()
  opened = await openPostgres({ dsn: created.dsn })
  const recording = recordStatements(opened)
  recorded = recording.recorded
  artifacts = await openArtifactStore({ database: recording.database })
  client = new Client({ connectionString: created.dsn })
  await client.connect()
  for (let index = 0; index < COUNT; index += 1) {
    const place = { sessionId: `s${index % SESSIONS}`, taskId: 'k' }
    await artifacts.putText({ ...owner, ...place }, `text ${index}`, { namespace: 'n' })
    if (index % SESSIONS !== 1) continue
    const blob = randomFillSync(new Uint8Array(1024 * 1024))
    await artifacts.putBytes({ ...owner, ...place, tenantId: 'large' }, blob, { namespace: 'n' })
  }
  await client.query('vacuum analyze artifacts_blobs')
})
afterAll(async () => {
  await client.end()
  await artifacts.close()
  await opened.close()
  await created.drop()
})

describe('a page of a list on Postgres', () => {
  test('reads as few blocks if the artifacts have a megabyte each as if they have a few bytes', async () => {
    const ofSmall = await explainSecondPage(small)
    const ofLarge = await explainSecondPage(large)
    expect(ofSmall.rows).toBe(pageSize)
    expect(ofLarge.rows).toBe(pageSize)
    expect(ofLarge.blocks).toBeLessThanOrEqual(ofSmall.blocks + 5)
    const sql = `select md5(bytes) from artifacts_blobs where tenant_id = 'large' limit ${pageSize}`
    const ofBlobs = await explain(client, { sql, values: [] })
    expect(ofBlobs.blocks).toBeGreaterThan(100 * ofLarge.blocks)
  })

  test.each<[filter: string, filter: ArtifactFilter]>([
    ['everything', {}],
    ['a tenant', { tenantId: 'small' }],
    ['a user', { tenantId: 'small', userId: 'u' }],
    ['a session', { tenantId: 'small', userId: 'u', sessionId: 's1' }],
    ['a task', { tenantId: 'small', userId: 'u', sessionId: 's1', taskId: 'k' }],
    ['a namespace', small],
  ])('finds its place in the index for the filter of %s', async (_, filter) => {
    const plan = await explainSecondPage(filter)
    expect(plan.nodes).toEqual(['Limit', 'Index Scan'])
    expect(plan.indexes).toEqual(['artifacts_blobs_pkey'])
    expect(plan.rows).toBe(pageSize)
    expect(plan.rowsRemovedByFilter).toBe(0)
  })
})

/** Resolves to the plan of the second page, which begins after a place like every later one. */
async function explainSecondPage(filter: ArtifactFilter): Promise<Plan> {
  const claiming = { ...filter, maintenanceScoped: true } as const
  let count = 0
  for await (const _ of artifacts.list(claiming, { pageSize })) {
    count += 1
    if (count > pageSize) break
  }
  const page = recorded.at(-1)
  if (page === undefined) throw new Error('nothing was read')
  return explain(client, page)
}
