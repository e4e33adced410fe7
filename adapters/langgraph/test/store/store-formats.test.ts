import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { newEventId } from '@harborage/core'
import { failureOf } from '@harborage/test-kit/failure-of'
import type { Item } from '@langchain/langgraph-checkpoint'
import { describe, expect, test } from 'vitest'

import { HarborageStore } from '../../src/store/harborage-store.ts'
import { ann } from '../support/open-store.ts'
import { memory, places } from '../support/places.ts'

/** Items, and the records that a release has stored for them. A fixture is never changed. */
interface Fixture {
  readonly items: readonly Pick<Item, 'namespace' | 'key' | 'value'>[]
  readonly records: readonly { readonly kind: string; version: number; text: string }[]
}

const folder = join(import.meta.dirname, '../../fixtures')
const fixtures = globSync('items-format-*.json', { cwd: folder }).map((file) => {
  return [
    basename(file, '.json'),
    JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fixture,
  ] as const
})

describe.each(fixtures)('%s', (_, { items, records }) => {
  test.each(places)('is read, listed, replaced and deleted on $name', async ({ open }) => {
    const state = await open()
    for (const { kind, version, text } of records) {
      const bytes = Buffer.from(text)
      await state.save({ eventId: newEventId(), identity: ann, kind, version, bytes })
    }
    const store = new HarborageStore({ state, owner: ann })
    for (const { namespace, key, value } of items) {
      expect(await store.get(namespace, key)).toMatchObject({ namespace, key, value })
    }
    const namespaces = items.map(({ namespace }) => namespace)
    expect(await store.listNamespaces()).toEqual(expect.arrayContaining(namespaces))
    expect(await store.search([])).toHaveLength(items.length)
    for (const { namespace, key } of items) await store.put(namespace, key, { again: true })
    expect(await state.count(ann, '')).toBe(items.length)
    for (const { namespace, key } of items) await store.delete(namespace, key)
    expect(await state.count(ann, '')).toBe(0)
  })
})

test('there is a fixture of the format that is written now', async () => {
  const [, fixture] = fixtures.at(-1) ?? []
  const state = await memory.open()
  const store = new HarborageStore({ state, owner: ann })
  await store.put(['a'], 'k', {})
  const record = await state.loadOrThrow(ann, 'lgs/a/!k')
  expect(fixture?.records.map(({ version }) => version)).toContain(record.version)
})

test('an item of a newer release is refused, and one that is damaged', async () => {
  const state = await memory.open()
  const store = new HarborageStore({ state, owner: ann })
  const save = (kind: string, version: number, text: string) =>
    state.save({ eventId: newEventId(), identity: ann, kind, version, bytes: Buffer.from(text) })
  await save('lgs/a/!newer', 2, '{"value":{}}')
  await save('lgs/b/!text', 1, '{"value":"text"}')
  await save('lgs/c/!broken', 1, '{"value":')
  await save('lgs/%tx/!nameless', 1, '{"value":{}}')
  const calls = [
    () => store.get(['a'], 'newer'),
    () => store.get(['b'], 'text'),
    () => store.search(['c']),
    () => store.listNamespaces(),
  ]
  for (const call of calls) expect((await failureOf(call)).code).toBe('invalid_record')
  await store.delete(['a'], 'newer')
  expect(await store.get(['a'], 'newer')).toBeNull()
})
