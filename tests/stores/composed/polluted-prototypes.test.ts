import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, newEventId, type Identity } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { expect, test } from 'vitest'

const session: Identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const bytes = Buffer.from('bytes')
const newRecord = () => ({ eventId: newEventId(), identity: session, kind: 'step', bytes })

/** Makes a call while every object has a property, as after an attack on a merge function. */
function whilePolluted<Result>(name: string, value: unknown, call: () => Result): Result {
  Object.defineProperty(Object.prototype, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  })
  try {
    return call()
  } finally {
    Reflect.deleteProperty(Object.prototype, name)
  }
}

/** A call that would do something else with a property that its caller left out. */
type Redirected = readonly [name: string, value: unknown, call: () => Promise<unknown>]

const state = await openStateStore()
const artifacts = await openArtifactStore()
const memory = await openMemoryStore({
  bus: createEventBus(),
  strategy: 'truncation',
  budgetTokens: 1000,
})
const journal = await openJournalStore()
await state.save(newRecord())

const calls: Readonly<Record<string, Redirected>> = {
  'the condition of a save': ['ifEventId', null, () => state.save(newRecord(), {})],
  'the condition of a delete': ['ifEventId', newEventId(), () => state.delete(session, 'step', {})],
  'the deletions of a commit': [
    'delete',
    [{ identity: session, kind: 'step' }],
    () => state.commit({ save: [{ ...newRecord(), kind: 'other' }] }),
  ],
  'the version of a record': ['version', 7, () => state.save(newRecord())],
  'the limit of a list': ['limit', 0, () => collect(state.list(session, '', {}))],
  'the namespace of a put': ['namespace', 'other', () => artifacts.putText(session, 'text', {})],
  'the order of a list': ['order', 'descending', () => collect(artifacts.list(session, {}))],
  'the signal of a context': [
    'signal',
    AbortSignal.abort(),
    () => memory.getLlmContext(session, {}),
  ],
  'the condition of an append': [
    'ifPosition',
    9,
    () => journal.append(session, 'log', [{ entryId: newEventId(), bytes }], {}),
  ],
}

test.for(Object.entries(calls))(
  '%s is not taken from the prototype of all objects',
  async ([, [name, value, call]]) => {
    const failure = await whilePolluted(name, value, () => failureOf(call))
    expect(failure).toMatchObject({ code: 'invalid_record' })
    expect(failure.message).toContain(`no ${name}, but something added one to Object.prototype`)
    expect(await state.count(session, '')).toBe(1)
  },
)

test('the options of a store are not taken from the prototype of all objects', async () => {
  const bus = createEventBus()
  const opening = whilePolluted('strategy', 'rolling_summary', () => openMemoryStore({ bus }))
  await using plain = await opening
  expect(await plain.getLlmContext(session)).toMatchObject({ strategy: 'none' })
  await using without = await whilePolluted('kindIndex', false, () => openStateStore({}))
  expect(await collect(without.listKind({ maintenanceScoped: true }, 'step'))).toEqual([])
})

test('the id of a turn is not taken from the prototype of all objects', async () => {
  const add = (userMessage: string) =>
    memory.addTurn(session, { userMessage, assistantResponse: '' })
  const turnId = newEventId()
  await Promise.all(whilePolluted('turnId', turnId, () => [add('first'), add('second')]))
  const { recentTurns } = await memory.getLlmContext(session)
  expect(recentTurns).toHaveLength(2)
})

test('a filter of events is not taken from the prototype of all objects', () => {
  const subscribing = (): unknown =>
    whilePolluted('tenantId', 'other', () => createEventBus().subscribe({}, () => {}))
  expect(subscribing).toThrow('the filter has no tenantId')
})
