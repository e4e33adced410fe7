import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { failureOf } from '@harborage/test-kit/failure-of'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { ann, newRecord, openOwnStore } from './support/test-store.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgresServer()
})

afterAll(() => server.stop())

const everyKind = Array.from({ length: 20 }, (_, index) => `kind ${index}`)

test.for(['fast', 'immediate'] as const)(
  'calls made while the server is stopped (%s) and started again all succeed, once',
  async (mode) => {
    await using own = await openOwnStore({ dsn: server.dsn, retryTimeoutMs: HANG_LIMIT_MS })
    const records = everyKind.map((kind) => newRecord({ kind: `${mode} ${kind}` }))
    const saving = records.slice(0, 10).map((record) => own.state.save(record))
    const stopped = server.shutDown(mode)
    saving.push(...records.slice(10).map((record) => own.state.save(record)))
    const committing = own.state.commit({ save: [newRecord({ kind: `${mode} committed` })] })
    await stopped
    const loading = own.state.load(ann, records[0]?.kind ?? '')
    await server.startAgain()
    for (const outcome of await Promise.all(saving)) {
      expect(['saved', 'unchanged']).toContain(outcome)
    }
    expect(['saved', 'unchanged']).toContain((await committing).save[0])
    await loading
    for (const { kind, eventId } of records) {
      expect(await own.state.load(ann, kind)).toMatchObject({ eventId })
    }
  },
)

test('a server that stays away longer than a call may take fails it, and works again afterwards', async () => {
  await using own = await openOwnStore({ dsn: server.dsn, retryTimeoutMs: 300 })
  const record = newRecord({ kind: 'away' })
  await own.state.save(record)
  await server.shutDown('fast')
  const failures = await Promise.all([
    failureOf(own.state.load(ann, 'away')),
    failureOf(own.state.save(newRecord({ kind: 'away' }))),
    failureOf(own.state.commit({ save: [newRecord({ kind: 'away too' })] })),
  ])
  for (const failure of failures) {
    expect(['store_unavailable', 'outcome_unknown']).toContain(failure.code)
    expect(failure.retryable).toBe(true)
  }
  expect(failures[0]?.code).toBe('store_unavailable')
  await server.startAgain()
  expect(await own.state.load(ann, 'away')).toMatchObject({ eventId: record.eventId })
})
