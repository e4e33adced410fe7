import { inspect } from 'node:util'

import { openArtifactStore } from '@harborage/artifacts'
import {
  allOfSession,
  allOfTenant,
  allOfUser,
  createEventBus,
  HarborageError,
  listenToOperations,
  newEventId,
  operationChannel,
  type OperationTrace,
} from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { InMemoryStateDriver, openStateStore, StateStore } from '@harborage/state'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { deleteSession } from '@harborage/test-kit/delete-session'

const SECRET = '5ecret'
const session = { tenantId: `${SECRET}-t`, userId: `${SECRET}-u`, sessionId: `${SECRET}-s` }
const bytes = new TextEncoder().encode(SECRET)
const badTurn = { userMessage: SECRET, assistantResponse: '', timestamp: new Date(Number.NaN) }

let ended: OperationTrace[]
let stop: () => void

beforeEach(() => {
  ended = []
  stop = listenToOperations({ onEnd: (trace) => ended.push(trace) })
})

afterEach(() => stop())

describe('each operation is published with its outcome', () => {
  test('of the state store', async () => {
    await using store = await openStateStore()
    const record = { eventId: newEventId(), identity: session, kind: SECRET, bytes }
    await store.save(record)
    await store.save(record)
    await store.save({ ...record, eventId: newEventId() })
    await store.save(record)
    await failureOf(store.save({ ...record, eventId: newEventId() }, { ifEventId: null }))
    await store.load(session, SECRET)
    await store.loadByEventId(session, record.eventId)
    await store.commit({ save: [{ ...record, eventId: newEventId(), kind: 'b' }] })
    await store.saveIfEmpty({ ...record, eventId: newEventId() })
    const lease = await store.lease(session, `lease.${SECRET}`, { ttlMs: 60_000 })
    await store.lease(session, `lease.${SECRET}`, { ttlMs: 60_000 })
    await lease?.renew()
    await lease?.release()
    await lease?.release()
    await failureOf(lease?.renew() ?? Promise.resolve())
    await store.loadMany([{ identity: session, kind: SECRET }])
    for await (const _ of store.list(session, SECRET, { pageSize: 1 }));
    for await (const _ of store.listKeys(session, SECRET, { limit: 1 }));
    await store.count(session, '')
    for await (const _ of store.listKind({ maintenanceScoped: true }, SECRET));
    const { tenantId, userId } = session
    for await (const _ of store.sessions(allOfUser({ tenantId, userId }), { pageSize: 100 }));
    for await (const _ of store.users(allOfTenant({ tenantId }), { pageSize: 1 }));
    for await (const _ of store.tenants({ maintenanceScoped: true }));
    for await (const _ of store.runs(session));
    await store.delete(session, SECRET)
    await deleteSession(store, session)
    await store.deleteAll(allOfUser({ tenantId, userId }))
    expect(told()).toEqual([
      'state.save saved',
      'state.save unchanged',
      'state.save saved',
      'state.save superseded',
      'state.save condition_failed',
      'state.load ok',
      'state.loadByEventId ok',
      'state.commit ok',
      'state.saveIfEmpty kept',
      'state.lease leased',
      'state.lease held',
      'state.renewLease ok',
      'state.releaseLease released',
      'state.releaseLease lost',
      'state.renewLease lease_lost',
      'state.loadMany ok',
      'state.list ok',
      'state.list ok',
      'state.listKeys ok',
      'state.count ok',
      'state.listKind ok',
      'state.sessions ok',
      'state.users ok',
      'state.users ok',
      'state.tenants ok',
      'state.runs ok',
      'state.delete ok',
      'state.deleteAll ok',
      'state.deleteAll ok',
    ])
  })

  test('of the artifact store', async () => {
    await using store = await openArtifactStore()
    const { id } = await store.putText(session, SECRET)
    await store.putBytes(session, bytes)
    await store.get(session, id)
    await store.getText(session, id)
    await store.getRef(session, id)
    await store.getRefs(session, [id])
    await store.exists(session, id)
    for await (const _ of store.list(session));
    const { tenantId, userId } = session
    for await (const _ of store.sessions(allOfUser({ tenantId, userId })));
    for await (const _ of store.users(allOfTenant({ tenantId })));
    for await (const _ of store.tenants({ maintenanceScoped: true }));
    await store.delete(session, id)
    await deleteSession(store, session)
    expect(told()).toEqual([
      'artifacts.putText ok',
      'artifacts.putBytes ok',
      'artifacts.get ok',
      'artifacts.getText ok',
      'artifacts.getRef ok',
      'artifacts.getRefs ok',
      'artifacts.exists ok',
      'artifacts.list ok',
      'artifacts.sessions ok',
      'artifacts.users ok',
      'artifacts.tenants ok',
      'artifacts.delete ok',
      'artifacts.deleteAll ok',
    ])
  })

  test('of the memory store, including its background work', async () => {
    const summaries = [{ summary: SECRET }, undefined]
    await using store = await openMemoryStore({
      bus: createEventBus(),
      strategy: 'rolling_summary',
      recentTurns: 0,
      retryAttempts: 0,
      summarizer: { summarize: async () => summaries.shift() as { summary: string } },
    })
    await store.addTurn(session, { userMessage: SECRET, assistantResponse: SECRET })
    await store.settled()
    await store.addTurn(session, { userMessage: SECRET, assistantResponse: SECRET })
    await store.settled()
    await store.forget(session, newEventId())
    await store.delete(session)
    const { tenantId, userId } = session
    for await (const _ of store.sessions(allOfUser({ tenantId, userId })));
    await store.deleteAll(allOfSession(session))
    expect(told()).toEqual([
      'memory.addTurn ok',
      'memory.summarize summarized',
      'memory.addTurn ok',
      'memory.summarize invalid_summary',
      'memory.forget ok',
      'memory.delete ok',
      'memory.sessions ok',
      'memory.deleteAll ok',
    ])
  })

  test('if it is rejected before it began', async () => {
    const state = await openStateStore()
    const memory = await openMemoryStore({ bus: createEventBus() })
    await failureOf(state.load({ ...session, userId: '' }, SECRET))
    await failureOf(state.load(session, `${SECRET}\0`))
    await failureOf(memory.addTurn({ ...session, userId: '' }, badTurn))
    await failureOf(memory.addTurn(session, badTurn))
    const reason = new Error(SECRET)
    const signal = AbortSignal.abort(reason)
    await expect(state.load(session, SECRET, { signal })).rejects.toBe(reason)
    await Promise.all([state.close(), memory.close()])
    await failureOf(state.load(session, SECRET))
    expect(told()).toEqual([
      'state.load identity_required',
      'state.load invalid_record',
      'memory.addTurn identity_required',
      'memory.addTurn invalid_record',
      'state.load aborted',
      'state.load store_closed',
    ])
  })

  test('if a driver fails with an error of its own', async () => {
    const driver = new InMemoryStateDriver()
    driver.load = () => {
      throw new TypeError(SECRET)
    }
    await using store = new StateStore(driver)
    await expect(store.load(session, SECRET)).rejects.toMatchObject({ code: 'driver_failed' })
    expect(told()).toEqual(['state.load driver_failed'])
  })
})

test('the events of one operation come in the order of a tracing channel and share one object', async () => {
  await using store = await openStateStore()
  const events: [string, unknown][] = []
  const handlers = Object.fromEntries(
    (['start', 'end', 'error', 'asyncStart', 'asyncEnd'] as const).map((event) => {
      const handler = (message: unknown): void => void events.push([event, message])
      operationChannel[event].subscribe(handler)
      return [event, handler]
    }),
  )
  try {
    await store.load(session, SECRET)
    await failureOf(store.load(session, ''))
  } finally {
    for (const [event, handler] of Object.entries(handlers)) {
      operationChannel[event as 'start'].unsubscribe(handler)
    }
  }
  expect(events.map(([event]) => event)).toEqual([
    ...['start', 'end', 'asyncStart', 'asyncEnd'],
    ...['start', 'end', 'error', 'asyncStart', 'asyncEnd'],
  ])
  expect(new Set(events.map(([, message]) => message)).size).toBe(2)
})

test('no event holds a payload, an identity, a kind or an id', async () => {
  const seen: string[] = []
  const look = (message: unknown): void => {
    seen.push(JSON.stringify(message), inspect(message, { depth: 9, showHidden: true }))
  }
  const events = ['start', 'end', 'error', 'asyncStart', 'asyncEnd'] as const
  for (const event of events) operationChannel[event].subscribe(look)
  try {
    await using state = await openStateStore()
    const eventId = newEventId()
    await state.save({ eventId, identity: session, kind: SECRET, bytes })
    await failureOf(state.loadOrThrow(session, `${SECRET}\0`))
    await using artifacts = await openArtifactStore()
    await artifacts.putText(session, SECRET, { filename: SECRET, source: { [SECRET]: SECRET } })
    await failureOf(artifacts.putText(session, `${SECRET}\ud800`))
    expect(seen.length).toBeGreaterThan(20)
    expect(seen.filter((text) => text.includes(SECRET) || text.includes(eventId))).toEqual([])
  } finally {
    for (const event of events) operationChannel[event].unsubscribe(look)
  }
})

test('a published failure is the one that the caller gets', async () => {
  await using store = await openStateStore()
  const error = await failureOf(store.load({ ...session, userId: '' }, SECRET))
  expect(error).toBeInstanceOf(HarborageError)
  expect(ended.at(-1)).toMatchObject({ outcome: error.code, retries: 0, batchSize: 1 })
  expect(ended.at(-1)?.durationMs).toBeGreaterThanOrEqual(0)
})

test('nothing is published once no listener is left', async () => {
  await using store = await openStateStore()
  stop()
  await store.load(session, SECRET)
  expect(operationChannel.hasSubscribers).toBe(false)
  expect(ended).toEqual([])
})

function told(): string[] {
  return ended.map(({ store, operation, outcome }) => `${store}.${operation} ${outcome}`)
}
