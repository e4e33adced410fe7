import { randomFillSync } from 'node:crypto'

import {
  openArtifactStore,
  type ArtifactFilter,
  type ArtifactListOptions,
  type ArtifactStore,
} from '@harborage/artifacts'
import { allOfUser, type Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { collect } from '@harborage/test-kit/collect'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { explain, type Plan } from './support/explain.ts'
import { recordStatements, type Recorded } from './support/record-statements.ts'

const COUNT = 400
const SESSIONS = 8
const owner = { tenantId: 'small', userId: 'u' }
const task = { ...owner, sessionId: 's1', taskId: 'k' }
const small = { ...task, namespace: 'n' }
const large = { ...small, tenantId: 'large' }
const pageSize = 20
const between = {
  from: { scope: { ...task, sessionId: 's2' }, id: 'n_8' },
  to: { scope: { ...task, sessionId: 's6' }, id: 'n_8' },
}

let created: TestDatabase
let opened: Database
let artifacts: ArtifactStore
let recorded: Recorded[]
let client: Client
beforeAll(async () => {
  created = await createDatabaseWithTables()
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

describe('a range of a list on Postgres', () => {
  test.each<[range: string, filter: ArtifactFilter, options: ArtifactListOptions]>([
    ['the last refs of a task', small, { order: 'descending' }],
    ['the last refs of everything', {}, { order: 'descending' }],
    ['a task from a bound', small, { from: 'n_8' }],
    ['a task up to a bound', small, { to: 'n_8' }],
    ['a tenant between bounds', { tenantId: 'small' }, between],
    [
      'a tenant between bounds, backwards',
      { tenantId: 'small' },
      { ...between, order: 'descending' },
    ],
  ])('reads %s in the index, and no more than its limit', async (_, filter, options) => {
    const claiming = { ...filter, maintenanceScoped: true } as const
    let count = 0
    for await (const _ref of artifacts.list(claiming, { ...options, limit: 10 })) count += 1
    expect(count).toBe(10)
    const plan = await explain(client, lastRecorded())
    expect(plan.nodes).toEqual(['Limit', 'Index Scan'])
    expect(plan.indexes).toEqual(['artifacts_blobs_pkey'])
    expect(plan.rows).toBe(10)
    expect(plan.rowsRemovedByFilter).toBe(0)
  })
})

test('many refs on Postgres are looked up one by one in the index of their key', async () => {
  const refs = await collect(artifacts.list(small))
  const ids = [...refs.map(({ id }) => id), 'n_0123456789ab']
  expect(await artifacts.getRefs(task, ids)).toEqual([...refs, undefined])
  const plan = await explain(client, lastRecorded())
  expect(plan.nodes).not.toContain('Seq Scan')
  expect(plan.indexes).toEqual(['artifacts_blobs_pkey'])
  expect(plan.blocks).toBeLessThan(ids.length * 10)
})

test('the sessions of a user on Postgres are sought one by one in the index of the key', async () => {
  expect(await collect(artifacts.sessions(allOfUser(owner)))).toHaveLength(SESSIONS)
  const plan = await explain(client, lastRecorded())
  expect(plan.nodes).not.toContain('Seq Scan')
  expect(new Set(plan.indexes)).toEqual(new Set(['artifacts_blobs_pkey']))
  expect(plan.blocks).toBeLessThanOrEqual(5 * (SESSIONS + 2))
})

/** Resolves to the plan of the second page, which begins after a place like every later one. */
async function explainSecondPage(filter: ArtifactFilter): Promise<Plan> {
  const claiming = { ...filter, maintenanceScoped: true } as const
  let count = 0
  for await (const _ of artifacts.list(claiming, { pageSize })) {
    count += 1
    if (count > pageSize) break
  }
  return explain(client, lastRecorded())
}

function lastRecorded(): Recorded {
  const last = recorded.at(-1)
  if (last === undefined) throw new Error('nothing was read')
  return last
}
