import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newEventId, parseEventId } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore, type StateStore } from '@harborage/state'
import { Pool } from 'pg'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { queryPostgres } from '@harborage/test-kit/postgres/query'

const ROWS = 20_000

const columns =
  'tenant_id, user_id, session_id, run_id, kind, event_id, version, updated_at, event_trail, bytes'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
  await using shared = await openPostgres({ dsn: database.dsn })
  await using _state = await openStateStore({ database: shared })
  // 200 tenants with 100 kinds each; the kinds "rare.*" are held by two tenants only.
  await queryPostgres(
    database.dsn,
    `insert into state_records (${columns})
     select 't' || i / 100, 'u', 's', '', case when i < 200 and i % 100 = 0 then 'rare.' else 'k' end || i % 100,
       'e' || i, 0, 0, 'e' || i || ',', '\\x00'
     from generate_series(0, ${ROWS - 1}) as i`,
  )
  await queryPostgres(
    database.dsn,
    `insert into state_records (${columns})
     select 'many', 'u', 's', '', 'm' || i, 'e' || i, 0, 0, 'e' || i || ',', '\\x00' from generate_series(0, 4999) as i`,
  )
  await queryPostgres(database.dsn, 'analyze state_records, state_kinds')
})

afterAll(() => database.drop())

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly PlanNode[]
}

/** Resolves to the plans of what a call sends, explained and executed by the server itself. */
async function plansOf(
  mode: 'auto' | 'force_generic_plan' | 'force_custom_plan',
  { dsn }: TestDatabase,
  call: (state: StateStore) => Promise<unknown>,
): Promise<PlanNode[]> {
  const notices: string[] = []
  const pool = new Pool({
    connectionString: dsn,
    max: 1,
    options: `-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c auto_explain.log_analyze=on -c auto_explain.log_buffers=on -c auto_explain.log_format=json -c client_min_messages=log -c plan_cache_mode=${mode}`,
  })
  // The database may be dropped while a connection is still closing.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
    client.on('notice', ({ message }) => notices.push(message ?? ''))
  })
  const shared = await openPostgres({ pool })
  const state = await openStateStore({ database: shared })
  notices.length = 0
  await call(state)
  await state.close()
  await shared.close()
  await pool.end()
  return notices.flatMap((notice) => {
    const [, json] = /plan:\n([\s\S]*)$/.exec(notice) ?? []
    if (json === undefined) return []
    const { Plan } = JSON.parse(json) as { readonly Plan: PlanNode }
    return [Plan]
  })
}

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
}

async function count(records: AsyncIterable<unknown>): Promise<number> {
  let counted = 0
  for await (const _record of records) counted += 1
  return counted
}

const maintenance = { maintenanceScoped: true } as const
const ann = { tenantId: 't7', userId: 'u', sessionId: 's' }

describe.for(['force_generic_plan', 'force_custom_plan'] as const)(
  'among 20,000 records, with plan_cache_mode = %s,',
  (mode) => {
    test('listKind of a rare kind is served by the index of kinds and touches little else', async () => {
      const plans = await plansOf(mode, database, async (state) => {
        expect(await count(state.listKind(maintenance, 'rare.'))).toBe(2)
      })
      expectServedBy(plans, 'state_kinds_kind_idx')
    })

    test('a later page of listKind starts where the one before it ended', async () => {
      const plans = await plansOf(mode, database, async (state) => {
        expect(await count(state.listKind(maintenance, 'k42', { pageSize: 50 }))).toBe(200)
      })
      expect(plans.length).toBeGreaterThan(3)
      // A lookup by the primary key for each record of a page.
      expectServedBy(plans, 'state_kinds_kind_idx', 5 * 50)
    })

    test('list is served by the primary key', async () => {
      const plans = await plansOf(mode, database, async (state) => {
        expect(await count(state.list(ann, 'k4', { pageSize: 5 }))).toBe(11)
      })
      expectServedBy(plans, 'state_records_pkey', 12)
    })

    test('a descending list is served by the primary key, from its end', async () => {
      const plans = await plansOf(mode, database, async (state) => {
        const options = { order: 'descending', limit: 5 } as const
        expect(await count(state.list({ ...ann, tenantId: 'many' }, '', options))).toBe(5)
        expect(await count(state.listKeys({ ...ann, tenantId: 'many' }, 'm', options))).toBe(5)
      })
      expect(plans).toHaveLength(2)
      expectServedBy(plans, 'state_records_pkey', 12)
    })

    test('loadMany looks up each slot in the primary key', async () => {
      const slots = ['t7', 't8'].flatMap((userId) =>
        Array.from({ length: 10 }, (_, index) => ({
          identity: { ...ann, ...(userId === 't7' ? {} : { userId }) },
          kind: `k${index}`,
        })),
      )
      const plans = await plansOf(mode, database, async (state) => {
        const records = await state.loadMany(slots)
        expect(records.filter((record) => record !== undefined)).toHaveLength(10)
      })
      expect(plans).toHaveLength(1)
      expectServedBy(plans, 'state_records_pkey', 20 * 4)
    })

    test('list begins at its prefix among the many records of one run', async () => {
      const plans = await plansOf(mode, database, async (state) => {
        expect(await count(state.list({ ...ann, tenantId: 'many' }, 'm4999'))).toBe(1)
      })
      expectServedBy(plans, 'state_records_pkey', 12)
    })
  },
)

test('plans that were made for an empty table find one slot or one event id in a full one', async () => {
  const empty = await createDatabase()
  const plans = await plansOf('auto', empty, async (state) => {
    // From the fifth call on a plan is kept.
    for (let call = 0; call < 8; call += 1) {
      await state.load(ann, 'k')
      await state.loadMany([{ identity: ann, kind: 'k' }])
      await state.loadByEventId(ann, parseEventId('e'))
    }
    await queryPostgres(
      empty.dsn,
      `insert into state_records (${columns})
       select 't7', 'u', 's', '', 'k' || i, 'e' || i, 0, 0, 'e' || i || ',', '\\x00' from generate_series(1, 5000) as i`,
    )
    expect(await state.load(ann, 'k4000')).toBeDefined()
    expect(await state.loadMany([{ identity: ann, kind: 'k4000' }])).not.toContain(undefined)
    expect(await state.loadByEventId(ann, parseEventId('e4000'))).toBeDefined()
  })
  await empty.drop()
  const [load, loadMany, byEventId] = plans.slice(-3)
  expectServedBy(load === undefined ? [] : [load], 'state_records_pkey', 12)
  expectServedBy(loadMany === undefined ? [] : [loadMany], 'state_records_pkey', 12)
  expectServedBy(byEventId === undefined ? [] : [byEventId], 'state_records_event_id_idx', 12)
})

test('a save whose event id is taken is found among many by the index of event ids', async () => {
  const bytes = new Uint8Array(1)
  const plans = await plansOf('auto', database, async (state) => {
    for (let call = 0; call < 8; call += 1) {
      const saves = ['a', 'b', 'c', 'd'].map((kind) =>
        state.save({ eventId: newEventId(), identity: ann, kind, bytes }),
      )
      const eventId = parseEventId('e700')
      const conflict = state.save({ eventId, identity: ann, kind: 'e', bytes })
      await expect(conflict).rejects.toMatchObject({ code: 'idempotency_conflict' })
      await Promise.all(saves)
    }
  })
  const looks = plans.flatMap(nodesOf).filter((node) => node['Node Type'] === 'Limit')
  expect(looks.length).toBeGreaterThan(5)
  for (const { Plans = [] } of looks) {
    expect(Plans.map((plan) => plan['Index Name'])).toEqual(['state_records_event_id_idx'])
  }
})

/** Checks that every plan reads this index, discards no row and reads few pages. */
function expectServedBy(plans: readonly PlanNode[], index: string, maxPages = 120): void {
  expect(plans.length).toBeGreaterThan(0)
  for (const plan of plans) {
    const nodes = nodesOf(plan)
    expect(nodes.map((node) => node['Index Name'])).toContain(index)
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan')
    for (const node of nodes) expect(node['Rows Removed by Filter'] ?? 0).toBeLessThanOrEqual(1)
    expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThanOrEqual(maxPages)
  }
}
