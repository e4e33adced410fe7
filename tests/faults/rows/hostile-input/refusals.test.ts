import { createEventBus, isHarborageError, listenToOperations, openDatabase } from '@harborage/core'
import { createContext } from '@harborage/core/kit'
import { openMemoryStore } from '@harborage/memory'
import { defineSlot, openStateStore } from '@harborage/state'
import { expect, test } from 'vitest'
import { z } from 'zod'

const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const slot = defineSlot({ kind: 'typed', schema: z.unknown() })
const { proxy: revoked, revoke } = Proxy.revocable({}, {})
revoke()

/** Single findings of this row. Every access to a revoked proxy throws, even to describe it. */
test.each<[what: string, code: string, call: (junk: never) => unknown]>([
  ['a DSN', 'invalid_config', (junk) => openDatabase(junk)],
  ['a configuration', 'invalid_config', (junk) => openStateStore(junk)],
  [
    'an option',
    'invalid_config',
    (junk) => openMemoryStore({ bus: createEventBus(), budgetTokens: junk }),
  ],
  ['a slot definition', 'invalid_record', (junk) => defineSlot(junk)],
  ['the store of a slot', 'invalid_record', (junk) => slot.load(junk, session)],
  ['a record to decode', 'invalid_record', (junk) => slot.decode(junk)],
  ['the work of a context', 'invalid_record', (junk) => createContext('name').run(1, junk)],
  ['options of a bus', 'invalid_record', (junk) => createEventBus(junk)],
  ['a filter', 'invalid_record', (junk) => createEventBus().subscribe(junk, () => {})],
  ['a listener', 'invalid_record', (junk) => createEventBus().subscribe({}, junk)],
  ['an event', 'invalid_record', (junk) => createEventBus().publish(junk)],
  ['listeners to operations', 'invalid_record', (junk) => listenToOperations(junk)],
])('%s that throws on every access is rejected as %s', async (_, code, call) => {
  const error: unknown = await Promise.resolve()
    .then(() => call(revoked as never))
    .catch((caught: unknown) => caught)
  expect(isHarborageError(error) ? error.code : error).toBe(code)
})

test.each(['throwIfAborted', 'addEventListener', 'removeEventListener'])(
  'a signal with a replaced %s can still abort',
  async (method) => {
    await using store = await openStateStore()
    const controller = new AbortController()
    Object.defineProperty(controller.signal, method, { value: () => fail() })
    const { signal } = controller
    expect(await store.load(session, 'kind', { signal })).toBeUndefined()
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(store.load(session, 'kind', { signal })).rejects.toBe(reason)
  },
)

test('a proxy of a signal is rejected because its answers cannot be trusted', async () => {
  await using store = await openStateStore()
  const signal = new Proxy(new AbortController().signal, { get: () => 'anything' })
  const error: unknown = await store
    .load(session, 'kind', { signal })
    .catch((caught: unknown) => caught)
  expect(isHarborageError(error) ? error.code : error).toBe('invalid_record')
})

function fail(): never {
  throw new Error('replaced')
}
