import { allOfTenant, allOfUser } from '@harborage/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { collect } from '@harborage/test-kit/collect'
import { measure } from '@harborage/test-kit/measure'
import {
  countsOnSqlite,
  openCountedPostgres,
  openCountedSqlite,
  pagesRead,
  type CountedStore,
} from './support/counted-pages.ts'

const SESSIONS = measure({ quick: 20, full: 100 })
const OTHERS = measure({ quick: 20_000, full: 1_000_000 })
const OTHER_USERS = 10

const acme = { tenantId: 'acme' }
const ann = { ...acme, userId: 'm-ann' }

/** More than there are of anything, so that one page holds all. */
const options = { pageSize: 1_000 }

function checkPages(open: () => Promise<CountedStore>): void {
  let counted: CountedStore
  let alone: number
  const ofAnn = (): Promise<number> =>
    pagesRead(counted, async (state) => {
      expect(await collect(state.sessions(allOfUser(ann), options))).toHaveLength(SESSIONS)
    })
  beforeAll(async () => {
    counted = await open()
    const own = { tenant: "'acme'", user: "'m-ann'", session: "'s' || i", kind: "'k'" }
    await counted.insert({ ...own, count: SESSIONS })
    alone = await ofAnn()
    // Users before and after, and tenants with a user of the same name.
    const user = `case when i % ${OTHER_USERS} < ${OTHER_USERS / 2} then 'a-' else 'z-' end || (i % ${OTHER_USERS})`
    const others = { session: "'s' || (i % 1000)", kind: "'k' || i" }
    await counted.insert(
      { ...others, tenant: "'acme'", user, count: OTHERS / 2 },
      { ...others, tenant: "'zenith'", user: "'m-ann'", count: OTHERS / 2 },
    )
  })
  afterAll(() => counted.close())

  test('the sessions of a user beside many records of others read as many pages as alone', async () => {
    // Each session is sought for itself, and the tree of many records is one or two levels higher.
    expect(await ofAnn()).toBeLessThanOrEqual(alone + 2 * SESSIONS + 4)
  })

  test('the users of a tenant with many records read a few pages for each', async () => {
    const pages = await pagesRead(counted, async (state) => {
      const users = await collect(state.users(allOfTenant(acme), options))
      expect(users).toHaveLength(OTHER_USERS + 1)
    })
    const fewForEach = 5 * (OTHER_USERS + 2)
    expect(pages).toBeLessThanOrEqual(fewForEach)
    const sql = "select distinct user_id from state_records where tenant_id = 'acme'"
    expect(await counted.pagesOf({ sql, values: [] })).toBeGreaterThan(fewForEach)
  })

  test('the tenants of a store with many records read a few pages for each', async () => {
    const pages = await pagesRead(counted, async (state) => {
      const tenants = await collect(state.tenants({ maintenanceScoped: true }, options))
      expect(tenants).toHaveLength(2)
    })
    expect(pages).toBeLessThanOrEqual(5 * 4)
  })
}

describe('on Postgres', () => checkPages(openCountedPostgres))

if (countsOnSqlite) describe('on SQLite', () => checkPages(openCountedSqlite))
