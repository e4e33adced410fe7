import type { MemorySnapshot, MemoryStore } from '@harborage/memory'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { driverNames, openDrivers, type OpenedDrivers } from './support/opened-drivers.ts'
import { freshSession, keepingRules, sayAll } from './support/sample-conversation.ts'

describe.each(['truncation', 'rolling_summary'] as const)('snapshots under %s', (strategy) => {
  let drivers: OpenedDrivers
  const stores = new Map<string, MemoryStore>()
  const snapshots = new Map<string, MemorySnapshot>()

  beforeAll(async () => {
    drivers = await openDrivers()
    for (const name of driverNames) {
      const store = await drivers.byName[name](keepingRules(strategy))
      stores.set(name, store)
      const session = freshSession()
      await sayAll(store, session)
      snapshots.set(name, await store.snapshot(session))
    }
  })
  afterAll(async () => {
    for (const store of stores.values()) await store.close()
    await drivers.close()
  })

  it('are the same bytes on every driver', () => {
    const texts = [...snapshots.values()].map(({ bytes }) => new TextDecoder().decode(bytes))
    expect(texts).toHaveLength(driverNames.length)
    expect(new Set(texts).size).toBe(1)
  })

  const pairs = driverNames.flatMap((from) => driverNames.map((to) => ({ from, to })))

  it.each(pairs)('move a conversation from $from to $to', async ({ from, to }) => {
    const [source, target] = [storeOn(from), storeOn(to)]
    const session = freshSession()
    await sayAll(source, session)
    const snapshot = await source.snapshot(session)
    const context = await source.getLlmContext(session)

    const moved = freshSession()
    await target.restore(moved, snapshot)
    await target.compact(moved)
    expect(await target.getLlmContext(moved)).toEqual(context)
    expect(await target.snapshot(moved)).toEqual(snapshot)
  })

  function storeOn(name: string): MemoryStore {
    const store = stores.get(name)
    if (store === undefined) throw new Error(`no store on ${name}`)
    return store
  }
})
