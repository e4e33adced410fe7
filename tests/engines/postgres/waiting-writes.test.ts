import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, newEventId } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore, type NewStateRecord } from '@harborage/state'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { failureOf } from '@harborage/test-kit/failure-of'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { bystander, countWaiting, waitingForLock } from '@harborage/test-kit/postgres/backends'
import { records } from './support/shared-statement-checks.ts'
import { loggedDuring, loggingSettings } from './support/statement-log.ts'
import { ann, newRecord, openInTime, openOwnStore, session } from './support/test-store.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

const otherSession = { tenantId: 'other', userId: 'bob', sessionId: 's1' }
const other = { ...otherSession, runId: 'r1' }
const large = new Uint8Array(65_536)

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgresServer({ settings: loggingSettings })
  await using own = await openOwnStore({ dsn: server.dsn })
  await own.state.save(newRecord())
})

afterAll(() => server.stop())

beforeEach(() => queryPostgres(server.dsn, 'delete from state_records'))

/** Resolves to how many statements that save a record were sent, those that failed among them. */
async function savesDuring(work: () => Promise<unknown>): Promise<number> {
  const steps = await loggedDuring(server, work)
  return steps.filter(({ step, name }) => step === 'bind' && name.startsWith('harbor_state_save'))
    .length
}

test('all calls that wait for one locked row use one connection', async () => {
  await using own = await openOwnStore({ dsn: server.dsn })
  const held = newRecord({ kind: 'held' })
  const theirs = newRecord({ identity: other, kind: 'theirs' })
  await own.state.save(held)
  await own.state.save(theirs)
  await using holder = await bystander(server.dsn)
  await holder.query('begin')
  await holder.query(`select from state_records where kind = 'held' for update`)
  const again = (change: Partial<NewStateRecord> = {}) => newRecord({ kind: held.kind, ...change })
  const waiting = [
    ...Array.from({ length: 14 }, () => own.state.save(again())),
    ...Array.from({ length: 14 }, () => own.state.save(again({ bytes: large }))),
    ...Array.from({ length: 14 }, () =>
      own.state.commit({ save: [again(), newRecord({ kind: 'beside it' })] }),
    ),
    ...Array.from({ length: 14 }, () =>
      own.state.commit({ save: [again({ bytes: large })], delete: [{ identity: ann, kind: 'x' }] }),
    ),
    own.state.save(again(), { ifEventId: newEventId() }).catch(() => 'refused'),
    own.state.delete(ann, held.kind),
  ]
  for (let round = 0; round < 5; round += 1) {
    expect(await own.state.load(other, theirs.kind)).toMatchObject(theirs)
    await own.state.save(newRecord({ identity: other, kind: 'small' }))
    await own.state.save(newRecord({ identity: other, kind: 'large', bytes: large }))
    await own.state.commit({ save: [newRecord({ identity: other, kind: 'committed' })] })
  }
  await waitingForLock(server.dsn, 1)
  expect(await countWaiting(server.dsn)).toBe(1)
  await holder.query('rollback')
  await Promise.all(waiting)
})

test('all calls that wait for one conversation use one connection', async () => {
  await using database = await openPostgres({ dsn: server.dsn })
  await using memory = await openMemoryStore({
    database,
    bus: createEventBus(),
    strategy: 'truncation',
  })
  const turn = { userMessage: 'Hello?', assistantResponse: 'Hello!' }
  await memory.addTurn(ann, turn)
  await using holder = await bystander(server.dsn)
  await holder.query('begin')
  await holder.query(`select from memory_state for update`)
  const adding = Array.from({ length: 20 }, () => memory.addTurn(ann, turn))
  for (let round = 0; round < 5; round += 1) await memory.addTurn(other, turn)
  await waitingForLock(server.dsn, 1)
  expect(await countWaiting(server.dsn)).toBe(1)
  await holder.query('rollback')
  await Promise.all(adding)
  expect((await memory.getLlmContext(ann)).recentTurns).toHaveLength(21)
})

test('however many rows are locked, the loads and small saves of others go on', async () => {
  await using own = await openOwnStore({ dsn: server.dsn })
  const all = records('locked')
  const theirs = newRecord({ identity: other, kind: 'theirs' })
  await Promise.all([...all, theirs].map((record) => own.state.save(record)))
  await using holder = await bystander(server.dsn)
  await holder.query('begin')
  await holder.query(`select from state_records where tenant_id = 'acme' for update`)
  const waiting = all.map(({ kind }, index) =>
    own.state.save(newRecord({ kind, ...(index % 3 === 0 && { bytes: large }) })),
  )
  for (let round = 0; round < 20; round += 1) {
    const kinds = ['a', 'b', 'c']
    const saving = kinds.map((kind) => own.state.save(newRecord({ identity: other, kind })))
    expect(new Set(await Promise.all(saving))).toEqual(new Set(['saved']))
    expect(await own.state.load(other, theirs.kind)).toMatchObject(theirs)
  }
  await holder.query('rollback')
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['saved']))
})

test('with four fifths of the connections waiting for locked rows, a call that may wait fails with the reason', async () => {
  await using own = await openInTime({ dsn: server.dsn, max: 5, connectionTimeoutMs: 1_000 })
  const locked = Array.from({ length: 4 }, (_, index) => newRecord({ kind: `locked${index}` }))
  await Promise.all(locked.map((record) => own.state.save(record)))
  await using holder = await bystander(server.dsn)
  await holder.query('begin')
  await holder.query(`select from state_records where tenant_id = 'acme' for update`)
  const waiting = locked.map(({ kind }) => own.state.save(newRecord({ kind, bytes: large })))
  await waitingForLock(server.dsn, 4)
  const theirs = newRecord({ identity: other, kind: 'theirs' })
  expect(await own.state.save(theirs)).toBe('saved')
  expect(await own.state.load(other, theirs.kind)).toMatchObject(theirs)
  const refused = [
    own.state.save(newRecord({ identity: other, kind: 'large', bytes: large })),
    own.state.save(newRecord({ identity: other, kind: 'new' }), { ifEventId: null }),
    own.state.commit({ save: ['a', 'b'].map((kind) => newRecord({ identity: other, kind })) }),
    own.state.delete(other, theirs.kind),
    deleteSession(own.state, otherSession),
  ]
  for (const failure of await Promise.all(refused.map(failureOf))) {
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
    expect(failure.message).toContain('pg_locks')
    expect(failure.message).toContain('raise max')
  }
  await holder.query('rollback')
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['saved']))
  expect(await own.state.delete(other, theirs.kind)).toBe(true)
})

test('puts that wait for the same content hold up no others', async () => {
  await using database = await openPostgres({ dsn: server.dsn })
  await using artifacts = await openArtifactStore({ database })
  const ref = await artifacts.putText(session, 'contended')
  const [row] = await queryPostgres<Record<string, unknown>>(
    server.dsn,
    'delete from artifacts_blobs where id = $1 returning *',
    [ref.id],
  )
  if (row === undefined) throw new Error('the row was there')
  const columns = Object.keys(row)
  await using holder = await bystander(server.dsn)
  await holder.query('begin')
  await holder.query(
    `insert into artifacts_blobs (${columns.join()}) values (${columns.map((_, at) => `$${at + 1}`).join()})`,
    Object.values(row),
  )
  const waiting = Array.from({ length: 14 }, () => artifacts.putText(session, 'contended'))
  const putting = Array.from({ length: 40 }, (_, at) =>
    artifacts.putText(otherSession, `text ${at}`),
  )
  expect(await Promise.all(putting)).toHaveLength(40)
  expect(
    await artifacts.getText(otherSession, (await artifacts.putText(otherSession, 'more')).id),
  ).toBe('more')
  await waitingForLock(server.dsn, 1)
  await holder.query('rollback')
  expect(new Set((await Promise.all(waiting)).map(({ id }) => id))).toEqual(new Set([ref.id]))
})

test('a conflict costs its own call, and not those that it comes with', async () => {
  await using own = await openOwnStore({ dsn: server.dsn })
  const taken = newRecord({ kind: 'taken' })
  await own.state.save(taken)
  const saveBeside = (kind: string): Promise<number> =>
    savesDuring(async () => {
      const good = records('good', 32).map((record) => own.state.save(record))
      const bad = newRecord({ kind, eventId: taken.eventId })
      const conflict = failureOf(own.state.save(bad))
      const more = records('more', 32).map((record) => own.state.save(record))
      expect(new Set(await Promise.all([...good, ...more]))).toEqual(new Set(['saved']))
      expect((await conflict).code).toBe('idempotency_conflict')
    })
  // A lone call, a batch or two, and one of them once more; each by itself they would be 65.
  for (const kind of ['bad', 'bad', 'worse']) expect(await saveBeside(kind)).toBeLessThan(6)
})

test('calls wait for a connection as long as others are answered', async () => {
  const connectionTimeoutMs = 2_000
  await using own = await openOwnStore({ dsn: server.dsn, max: 2, connectionTimeoutMs })
  await queryPostgres(
    server.dsn,
    `create function take_time() returns trigger language plpgsql as
     $$ begin perform pg_sleep(0.1); return new; end $$`,
  )
  await queryPostgres(
    server.dsn,
    `create trigger take_time before insert on state_records for each row
     when (new.kind like 'slow %') execute function take_time()`,
  )
  // One after the other they would take twice the time limit.
  const slow = records('slow', 40).map((record) => own.state.save({ ...record, bytes: large }))
  const commits = records('slow commit', 4).map((record) =>
    own.state.commit({ save: [record], delete: [{ identity: ann, kind: 'absent' }] }),
  )
  const small = records('small', 100).map((record) => own.state.save(record))
  const loads = records('small').map(({ kind }) => own.state.load(ann, kind))
  expect(new Set(await Promise.all(slow))).toEqual(new Set(['saved']))
  expect(new Set(await Promise.all(small))).toEqual(new Set(['saved']))
  await Promise.all([...commits, ...loads])
  await queryPostgres(server.dsn, 'drop trigger take_time on state_records')
})

test('waiting writes are bounded in bytes, and a rejected call may be retried', async () => {
  const maxWaitingBytes = 1024 * 1024
  await using database = await openPostgres({ dsn: server.dsn, maxWaitingBytes })
  await using state = await openStateStore({ database })
  const all = records('bounded', 40).map((record) => ({ ...record, bytes: large }))
  const results = await Promise.allSettled(all.map((record) => state.save(record)))
  const refused = all.filter((_, index) => results[index]?.status === 'rejected')
  expect(refused.length).toBeGreaterThan(20)
  expect(refused.length).toBeLessThan(30)
  for (const result of results) {
    if (result.status === 'fulfilled') continue
    expect(result.reason).toMatchObject({ code: 'store_unavailable', retryable: true })
    expect(String(result.reason)).toContain('maxWaitingBytes')
  }
  for (const record of refused) expect(await state.save(record)).toBe('saved')
  const beyond = newRecord({ kind: 'beyond', bytes: new Uint8Array(2 * maxWaitingBytes) })
  expect(await state.save(beyond)).toBe('saved')
  const commit = { save: [newRecord({ kind: 'first' }), { ...beyond, eventId: newEventId() }] }
  const [, second] = await Promise.allSettled([state.commit(commit), state.commit(commit)])
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } })
})
