import { newEventId, type EventId } from '@harborage/core'
import type { NewStateRecord, StateStore, StateTransaction } from '@harborage/state'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { bystander, countWaiting, waitingForLock } from '@harborage/test-kit/postgres/backends'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { ann, newRecord, openOwnStore } from './support/test-store.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
})

afterAll(() => database.drop())

/** Returns the commit of a record that another slot, which sorts before it, has to allow. */
function guardedBy(guard: NewStateRecord, save: NewStateRecord): StateTransaction {
  return { expect: [{ identity: ann, kind: guard.kind, eventId: guard.eventId }], save: [save] }
}

/** Saves a guard and returns it, and a record of a kind that sorts after it. */
async function begin(state: StateStore, name: string) {
  const guard = newRecord({ kind: name })
  await state.save(guard)
  return { guard, record: newRecord({ kind: `${name}/1` }) }
}

/** Resolves to the event id that a slot holds. */
async function heldBy(state: StateStore, { kind }: NewStateRecord): Promise<EventId | undefined> {
  return (await state.load(ann, kind))?.eventId
}

/** Waits until a commit waits for a lock for as long as others hold it, and not in a batch. */
async function untilItWaitsAlone(): Promise<void> {
  await vi.waitUntil(
    async () => {
      const waiting = await queryPostgres(
        database.dsn,
        `select from pg_stat_activity where datname = current_database()
         and wait_event_type = 'Lock' and query not like '%lock_timeout%'`,
      )
      return waiting.length === 1
    },
    { timeout: HANG_LIMIT_MS, interval: 20 },
  )
}

test('commits that expect one slot do not wait for others that only expect it', async () => {
  await using own = await openOwnStore({ dsn: database.dsn })
  const { guard, record } = await begin(own.state, 'shared')
  await using other = await bystander(database.dsn)
  await other.query('begin')
  await other.query('select from state_records where kind = $1 for share', [guard.kind])
  const { save } = await own.state.commit(guardedBy(guard, record))
  expect(save).toEqual(['saved'])
  await other.query('rollback')
})

test.each([
  { what: 'changed', isKept: false },
  { what: 'left as it is', isKept: true },
])('a commit waits for whoever writes what it expects: $what', async ({ what, isKept }) => {
  await using own = await openOwnStore({ dsn: database.dsn })
  const { guard, record } = await begin(own.state, `written, ${what}`)
  await using other = await bystander(database.dsn)
  await other.query('begin')
  const eventId = isKept ? guard.eventId : newEventId()
  await other.query('update state_records set event_id = $1 where kind = $2', [eventId, guard.kind])
  const committing = own.state.commit(guardedBy(guard, record))
  await waitingForLock(database.dsn, 1)
  await other.query('commit')
  if (isKept) expect((await committing).save).toEqual(['saved'])
  else expect(await failureOf(committing)).toMatchObject({ code: 'condition_failed' })
  expect(await heldBy(own.state, record)).toBe(isKept ? record.eventId : undefined)
})

test('what commits expect stays until they end', async () => {
  await using own = await openOwnStore({ dsn: database.dsn })
  await using beside = await openOwnStore({ dsn: database.dsn })
  const { guard, record } = await begin(own.state, 'kept')
  await using other = await bystander(database.dsn)
  await other.query('begin')
  // The commit has met its expectation when it meets the slot of the record.
  const slot = 'acme,ann,s1,r1'.split(',')
  await other.query(
    `insert into state_records
     (tenant_id, user_id, session_id, run_id, kind, event_id, version, updated_at, event_trail, bytes)
     values ($1, $2, $3, $4, $5, 'placeholder', 0, 0, '', '')`,
    [...slot, record.kind],
  )
  const committing = own.state.commit(guardedBy(guard, record))
  await untilItWaitsAlone()
  const next = newRecord({ kind: guard.kind })
  const replacing = beside.state.save(next)
  await waitingForLock(database.dsn, 2)
  await other.query('rollback')
  expect((await committing).save).toEqual(['saved'])
  expect(await replacing).toBe('saved')
  expect(await countWaiting(database.dsn)).toBe(0)
})

test('a commit that expects a slot waits for calls that were made before and write it', async () => {
  await using own = await openOwnStore({ dsn: database.dsn })
  const { guard, record } = await begin(own.state, 'in order')
  const next = newRecord({ kind: guard.kind })
  const saving = own.state.save(next)
  const committing = own.state.commit(guardedBy(next, record))
  const last = own.state.save(newRecord({ kind: guard.kind }))
  expect(await saving).toBe('saved')
  expect((await committing).save).toEqual(['saved'])
  expect(await last).toBe('saved')
})

test('commits of many callers each end as if they were made alone', async () => {
  await using own = await openOwnStore({ dsn: database.dsn })
  const threads = await Promise.all(
    Array.from({ length: 40 }, (_, index) => begin(own.state, `many ${index}`)),
  )
  const outdated = newEventId()
  const ended = await Promise.all(
    threads.map(({ guard, record }, index) =>
      own.state
        .commit(guardedBy(index % 4 === 3 ? { ...guard, eventId: outdated } : guard, record))
        .catch((error: unknown) => error),
    ),
  )
  for (const [index, { record }] of threads.entries()) {
    const isMet = index % 4 !== 3
    expect(ended[index]).toMatchObject(isMet ? { save: ['saved'] } : { code: 'condition_failed' })
    expect(await heldBy(own.state, record)).toBe(isMet ? record.eventId : undefined)
  }
})

test('commits that must not replace a record leave it, also beside others', async () => {
  await using own = await openOwnStore({ dsn: database.dsn })
  const { guard, record } = await begin(own.state, 'filling')
  await own.state.save(record)
  const filling = newRecord({ kind: record.kind })
  const { save, ...expecting } = guardedBy(guard, filling)
  const beside = newRecord({ kind: `${guard.kind}/2` })
  const [filled, expected, saved] = await Promise.all([
    own.state.commit({ ...expecting, saveIfEmpty: save ?? [] }),
    failureOf(
      own.state.commit({
        save: [newRecord({ kind: record.kind })],
        expect: [...(expecting.expect ?? []), { identity: ann, kind: record.kind, eventId: null }],
      }),
    ),
    own.state.commit(guardedBy(guard, beside)),
  ])
  expect(filled).toMatchObject({ saveIfEmpty: ['kept'] })
  expect(expected).toMatchObject({ code: 'condition_failed' })
  expect(saved).toMatchObject({ save: ['saved'] })
  expect(await heldBy(own.state, record)).toBe(record.eventId)
})

test('commits with an event id that another slot holds fail alone', async () => {
  await using own = await openOwnStore({ dsn: database.dsn })
  const { guard, record } = await begin(own.state, 'used')
  const others = Array.from({ length: 5 }, (_, index) =>
    newRecord({ kind: `${guard.kind}/other ${index}` }),
  )
  const [used, ...saved] = await Promise.all([
    failureOf(own.state.commit(guardedBy(guard, { ...record, eventId: guard.eventId }))),
    ...others.map((other) => own.state.commit(guardedBy(guard, other))),
  ])
  expect(used).toMatchObject({ code: 'idempotency_conflict' })
  for (const each of saved) expect(each).toMatchObject({ save: ['saved'] })
})

test('a commit whose answer is lost is applied once', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn })
  const { guard, record } = await begin(own.state, 'lost')
  const lost = proxy.failOnce(record.kind, 'cut the answer')
  expect(await own.state.commit(guardedBy(guard, record))).toEqual({
    repeated: true,
    save: ['unchanged'],
  })
  await lost
  expect(await heldBy(own.state, record)).toBe(record.eventId)
})

test('a commit whose answer is lost does not claim that its expectation was not met', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn })
  await using beside = await openOwnStore({ dsn: database.dsn })
  const { guard, record } = await begin(own.state, 'doubtful')
  const lost = proxy.failOnce(record.kind, 'swallow the answer')
  const committing = failureOf(own.state.commit(guardedBy(guard, record)))
  await lost
  // The thread is deleted before the commit is made again.
  await beside.state.save(newRecord({ kind: guard.kind }))
  await beside.state.delete(ann, record.kind)
  proxy.cut()
  expect(await committing).toMatchObject({ code: 'outcome_unknown' })
  expect(await heldBy(own.state, record)).toBeUndefined()
})
