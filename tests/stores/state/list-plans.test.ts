import { newEventId } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { collect } from '@harborage/test-kit/collect'
import {
  countsOnSqlite,
  openCountedPostgres,
  openCountedSqlite,
  pagesRead,
  type CountedStore,
} from './support/counted-pages.ts'

const FEW = 100
const MANY = 20_000
const LARGE_BYTES = 50_000

const session = { userId: 'u', sessionId: 's' }
const few = { ...session, tenantId: 'few' }
const many = { ...session, tenantId: 'many' }
const large = { ...session, tenantId: 'large' }
const newest = { order: 'descending', limit: 20 } as const

function checkPages(counted: () => CountedStore): void {
  test.each(['list', 'listKeys'] as const)(
    '%s of the newest 20 of many records reads as many pages as of few',
    async (method) => {
      const newestOf = (identity: typeof few) =>
        pagesRead(counted(), async (state) => {
          expect(await collect<unknown>(state[method](identity, '', newest))).toHaveLength(20)
        })
      const ofFew = await newestOf(few)
      // The tree of many records is one or two levels higher.
      expect(await newestOf(many)).toBeLessThanOrEqual(ofFew + 4)
      const all = await pagesRead(counted(), (state) => state.count(many, ''))
      expect(all).toBeGreaterThan(10 * ofFew)
    },
  )

  test('a list from the middle of many records begins there', async () => {
    const some = await pagesRead(counted(), async (state) => {
      const options = { from: 'k10000', limit: 20 }
      const [first] = await collect(state.list(many, 'k', options))
      expect(first?.kind).toBe('k10000')
    })
    expect(some).toBeLessThan(40)
  })

  test('listKeys reads no payload', async () => {
    const keysOf = (identity: typeof few) =>
      pagesRead(counted(), async (state) => {
        expect(await collect(state.listKeys(identity, '', { limit: 20 }))).toHaveLength(20)
      })
    const ofSmall = await keysOf(few)
    // A few pages more, since the rows themselves lie farther apart.
    expect(await keysOf(large)).toBeLessThanOrEqual(ofSmall + 25)
    const withPayload = await pagesRead(counted(), (state) =>
      collect(state.list(large, '', { limit: 20 })),
    )
    expect(withPayload).toBeGreaterThan(100)
  })

  test('loadMany reads as many pages among many records as among few, a few for each slot', async () => {
    const slotsOf = (identity: typeof few) =>
      Array.from({ length: 10 }, (_, index) => ({ identity, kind: `k${10_000 + index}` }))
    const loadOf = (identity: typeof few) =>
      pagesRead(counted(), async (state) => {
        const records = await state.loadMany(slotsOf(identity))
        expect(records.every((record) => record !== undefined)).toBe(true)
      })
    expect(await loadOf(many)).toBeLessThanOrEqual((await loadOf(few)) + 2 * 10)
  })
}

describe('on Postgres', () => {
  let counted: Awaited<ReturnType<typeof openCountedPostgres>>
  beforeAll(async () => {
    counted = await openCountedPostgres()
    await fill(counted)
  })
  afterAll(() => counted.close())

  checkPages(() => counted)

  test.for([
    ['one run', few],
    ['two sessions', { ...few, sessionId: 't' }],
  ] as const)(
    'loadMany of %s does not compute the size of all records unless one of them is large',
    async ([, other]) => {
      counted.recorded.length = 0
      await counted.state.loadMany([
        { identity: few, kind: 'k10000' },
        { identity: other, kind: 'k10001' },
      ])
      const [statement, ...others] = counted.recorded
      if (statement === undefined) throw new Error('nothing was read')
      expect(others).toEqual([])
      const { rows } = await counted.client.query<{ 'QUERY PLAN': string }>(
        `explain (analyze) ${statement.sql}`,
        [...statement.values],
      )
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan.replaceAll(/Aggregate .*\(never executed\)/g, '')).not.toContain('Aggregate')
      expect(plan).not.toContain('Seq Scan')
    },
  )
})

if (countsOnSqlite) {
  describe('on SQLite', () => {
    let counted: CountedStore
    beforeAll(async () => {
      counted = await openCountedSqlite()
      await fill(counted)
    })
    afterAll(() => counted.close())

    checkPages(() => counted)
  })
}

async function fill({ state, insert }: CountedStore): Promise<void> {
  const ofSession = { user: "'u'", session: "'s'", kind: "'k' || (10000 + i)" }
  await saveLarge(state)
  await insert(
    { ...ofSession, tenant: "'few'", count: FEW },
    { ...ofSession, tenant: "'many'", count: MANY },
  )
}

async function saveLarge(state: StateStore): Promise<void> {
  const save = Array.from({ length: 20 }, (_, index) => ({
    eventId: newEventId(),
    identity: large,
    kind: `k${index}`,
    bytes: crypto.getRandomValues(new Uint8Array(LARGE_BYTES)),
  }))
  await state.commit({ save })
}
