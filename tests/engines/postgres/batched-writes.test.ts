import { openArtifactStore } from '@harborage/artifacts'
import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore, type NewStateRecord, type StateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { bystander, killBackends, waitingForLock } from '@harborage/test-kit/postgres/backends'
import { records } from './support/shared-statement-checks.ts'
import { loggedDuring, loggingSettings, logOf } from './support/statement-log.ts'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { ann, newRecord, openOwnStore, session } from './support/test-store.ts'

const BATCH = 'harbor_state_save_batch'
/** The number of calls in one batch. The first call is made before, by itself. */
const ONE_BATCH = 20

let server: PostgresServer

beforeAll(async () => {
  // A batch gives up waiting for a lock before most servers look for a deadlock; this one looks at
  // once.
  const settings = { ...loggingSettings, deadlock_timeout: '10ms' }
  server = await startPostgresServer({ settings })
  await using own = await openOwnStore({ dsn: server.dsn })
  await own.state.save(newRecord())
})

afterAll(() => server.stop())

function saveAll(state: StateStore, all: readonly NewStateRecord[]): Promise<string[]> {
  return Promise.all(all.map((record) => state.save(record)))
}

/** Resolves to how often each statement was executed, by the start of its name. */
async function executions(work: () => Promise<unknown>): Promise<(name: string) => number> {
  const steps = await loggedDuring(server, work)
  const executed = steps.filter(({ step }) => step === 'execute')
  return (name) => executed.filter((step) => step.name.startsWith(`${name}_`)).length
}

/** Resolves to how often each record was written: the marks in its trail. */
async function timesWritten(all: readonly NewStateRecord[]): Promise<(number | undefined)[]> {
  const rows = await queryPostgres<{ kind: string; marks: number }>(
    server.dsn,
    `select kind, array_length(string_to_array(event_trail, ','), 1) - 1 as marks
     from state_records where kind = any($1)`,
    [all.map(({ kind }) => kind)],
  )
  const byKind = new Map(rows.map(({ kind, marks }) => [kind, marks]))
  return all.map(({ kind }) => byKind.get(kind))
}

test('saves and small puts that come together take few statements', async () => {
  await using database = await openPostgres({ dsn: server.dsn })
  await using state = await openStateStore({ database })
  await using artifacts = await openArtifactStore({ database })
  const saves = await executions(() =>
    Promise.all(
      records('few').map(async ({ kind }) => {
        for (let step = 0; step < 10; step += 1) await state.save(newRecord({ kind }))
      }),
    ),
  )
  // The sizes of the batches depend on the machine, but few of the 320 calls are made alone.
  expect(saves('harbor_state_save')).toBeLessThan(100)

  const puts = await executions(() =>
    Promise.all(
      Array.from({ length: 32 }, (_, index) => artifacts.putText(session, `output ${index % 30}`)),
    ),
  )
  expect(puts('harbor_artifacts_put')).toBeLessThan(16)
})

test('a batch keeps names of any script, and versions and dates of any size', async () => {
  await using own = await openOwnStore({ dsn: server.dsn })
  const times = [-8.64e15, -(2 ** 32) - 1, -(2 ** 32), -1, 0, 2 ** 32 - 1, 2 ** 32, 8.64e15]
  const all = times.map((time, index) =>
    newRecord({
      kind: `"größe" {${index},\\} 🚢`,
      version: index % 2 === 0 ? Number.MAX_SAFE_INTEGER - index : 2 ** 31 + index,
      updatedAt: new Date(time),
    }),
  )
  const statements = await executions(() => saveAll(own.state, all))
  expect(statements(BATCH)).toBeGreaterThan(0)
  for (const record of all)
    expect(await own.state.load(ann, record.kind)).toEqual({
      ...record,
      createdAt: record.updatedAt,
    })
})

test('a large save goes alone', async () => {
  await using own = await openOwnStore({ dsn: server.dsn })
  const small = records('small beside large')
  const large = records('large', 3).map((record) => ({ ...record, bytes: new Uint8Array(65_536) }))
  const statements = await executions(() => saveAll(own.state, [...small, ...large]))
  expect(statements('harbor_state_save') - statements(BATCH)).toBeGreaterThanOrEqual(large.length)
  expect(await timesWritten(large)).toEqual([1, 1, 1])
})

test('two databases that save the same slots in opposite orders do not deadlock', async () => {
  await using one = await openOwnStore({ dsn: server.dsn })
  await using other = await openOwnStore({ dsn: server.dsn })
  const contended = (): NewStateRecord[] => records('contended', 40)
  await saveAll(one.state, contended())
  await using holder = await bystander(server.dsn)
  await holder.query('begin')
  // A batch that reaches this slot waits there, and holds the locks of all slots before it.
  await holder.query(`select from state_records where kind = 'contended 20' for update`)
  const saving = [saveAll(one.state, contended()), saveAll(other.state, contended().toReversed())]
  await waitingForLock(server.dsn, 2)
  await holder.query('rollback')
  const outcomes = await Promise.all(saving)
  expect(new Set(outcomes.flat())).toEqual(new Set(['saved']))
  expect(await logOf(server)).not.toContain('deadlock detected')
})

test('locked slots delay only the saves into them', async () => {
  await using own = await openOwnStore({ dsn: server.dsn })
  const all = records('locked')
  await saveAll(own.state, all)
  const lockedKinds = all.slice(0, 3).map(({ kind }) => kind)
  await using holder = await bystander(server.dsn)
  await holder.query('begin')
  await holder.query('select from state_records where kind = any($1) for update', [lockedKinds])
  const again = (): NewStateRecord[] => all.map(({ kind }) => newRecord({ kind }))
  const saves = again().map((record) => own.state.save(record))
  expect(new Set(await Promise.all(saves.slice(3)))).toEqual(new Set(['saved']))
  const later = again().map((record) => own.state.save(record))
  expect(new Set(await Promise.all(later.slice(3)))).toEqual(new Set(['saved']))
  // One call of each slot; the next one waits without a connection.
  await waitingForLock(server.dsn, 3)
  await holder.query('rollback')
  expect(new Set(await Promise.all([...saves, ...later]))).toEqual(new Set(['saved']))
})

describe.for([true, false])('with preparedStatements: %s', (preparedStatements) => {
  test('a batch whose answer is lost is applied once, and each caller gets its outcome', async () => {
    await using proxy = await TcpProxy.start(server.dsn)
    await using own = await openOwnStore({ dsn: proxy.dsn, preparedStatements })
    const all = records(`lost answer ${preparedStatements}`, ONE_BATCH)
    const lost = proxy.failOnce(all[9]?.kind ?? '', 'cut the answer')
    const [, outcomes] = await Promise.all([own.state.save(newRecord()), saveAll(own.state, all)])
    await lost
    expect(outcomes).toEqual(all.map(() => 'unchanged'))
    expect(await timesWritten(all)).toEqual(all.map(() => 1))
  })

  test('a batch that never reached the server is made once', async () => {
    await using proxy = await TcpProxy.start(server.dsn)
    await using own = await openOwnStore({ dsn: proxy.dsn, preparedStatements })
    const all = records(`lost call ${preparedStatements}`, ONE_BATCH)
    const lost = proxy.failOnce(all[9]?.kind ?? '', 'cut before sending')
    expect(new Set(await saveAll(own.state, all))).toEqual(new Set(['saved']))
    await lost
    expect(await timesWritten(all)).toEqual(all.map(() => 1))
  })
})

test('a batch whose answer is lost for good leaves each outcome unknown', async () => {
  const proxy = await TcpProxy.start(server.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn, retryTimeoutMs: 300 })
  const all = records('unknown', ONE_BATCH)
  const lost = proxy.failOnce(all[9]?.kind ?? '', 'swallow the answer')
  await own.state.save(newRecord())
  const ahead = own.state.save(newRecord())
  const saving = Promise.allSettled(all.map((record) => own.state.save(record)))
  await Promise.all([ahead, lost])
  await proxy.refuse()
  for (const call of await saving) {
    expect(call).toMatchObject({ status: 'rejected', reason: { code: 'outcome_unknown' } })
  }
})

test('calls fail if no connection becomes free', async () => {
  const connectionTimeoutMs = 1_500
  await using own = await openOwnStore({ dsn: server.dsn, max: 1, connectionTimeoutMs })
  const [held] = records('keeps the connection', 1)
  if (held === undefined) throw new Error('a record was made')
  await own.state.save(held)
  await using holder = await bystander(server.dsn)
  await holder.query('begin')
  await holder.query('select from state_records where kind = $1 for update', [held.kind])
  const blocked = own.state.save(newRecord({ kind: held.kind }))
  await waitingForLock(server.dsn, 1)
  const saving = records('no connection').map((record) => own.state.save(record))
  for (const call of await Promise.allSettled(saving)) {
    expect(call).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } })
  }
  await holder.query('rollback')
  expect(await blocked).toBe('saved')
})

test('stores of one sort on one database share their batches', async () => {
  await using database = await openPostgres({ dsn: server.dsn })
  await using one = await openStateStore({ database })
  await using other = await openStateStore({ database })
  const all = records('of two stores', ONE_BATCH)
  const statements = await executions(() =>
    Promise.all(all.map((record, index) => (index % 2 === 0 ? one : other).save(record))),
  )
  // One call alone, then the calls that came in the meantime.
  expect(statements('harbor_state_save')).toBe(2)
})

test('a backend that is killed during a batch loses and repeats nothing', async () => {
  await using own = await openOwnStore({ dsn: server.dsn })
  const all = records('killed')
  await saveAll(own.state, all)
  const again = all.map(({ kind }) => newRecord({ kind }))
  await using holder = await bystander(server.dsn)
  await holder.query('begin')
  await holder.query('select from state_records where kind = $1 for update', [all[9]?.kind])
  const saving = saveAll(own.state, again)
  await waitingForLock(server.dsn, 1)
  expect(await killBackends(server.dsn)).toBeGreaterThan(0)
  await holder.query('rollback')
  expect(new Set(await saving)).toEqual(new Set(['saved']))
  expect(await timesWritten(again)).toEqual(again.map(() => 2))
})

test('closing waits for the calls that were gathered', async () => {
  const database = await openPostgres({ dsn: server.dsn, max: 1 })
  const state = await openStateStore({ database })
  const all = records('closing', 200)
  const saving = saveAll(state, all)
  const loading = Promise.all(all.map(({ kind }) => state.load(ann, kind)))
  await Promise.all([state.close(), database.close()])
  expect(new Set(await saving)).toEqual(new Set(['saved']))
  expect(await loading).toHaveLength(all.length)
  expect(await timesWritten(all)).toEqual(all.map(() => 1))
})
