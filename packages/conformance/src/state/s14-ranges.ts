import assert from 'node:assert/strict'
import type { RunIdentity } from '@harborage/core'
import type { StateListOptions, StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { compareBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { kindsInByteOrder } from './support/kind-examples.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

const methods = ['list', 'listKeys'] as const
const orders = ['ascending', 'descending'] as const
type Method = (typeof methods)[number]

/** Kinds with neighbors in the order of bytes, some of them outside of the prefix `b.`. */
const kinds: readonly string[] = [
  'a',
  'b',
  'b.',
  'b.a',
  'b.a\u{10000}',
  'b.z',
  'b.\ue000',
  'b/',
  'c',
]

/** The bounds: at kinds, between them, before and after all, and none. */
const bounds: readonly (string | undefined)[] = [
  undefined,
  'A',
  'b.',
  'b.a',
  'b.b',
  'b.\ue000',
  'd',
]

const malformedBounds: readonly unknown[] = [null, '', 7, {}, '\ud800', 'a\0b', 'x'.repeat(1_025)]
const malformedOptions: readonly StateListOptions[] = [
  ...malformedBounds.flatMap((bound) => [
    { from: malformed<string>(bound) },
    { to: malformed<string>(bound) },
  ]),
  ...[null, '', 'asc', 'DESCENDING', -1, true].map((order) => ({
    order: malformed<'ascending'>(order),
  })),
  ...[null, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10'].map((limit) => ({
    limit: malformed<number>(limit),
  })),
  malformed({ From: 'a' }),
]

/** Registers the cases of S14: lists and counts have bounds, and lists an order and a limit. */
export function ranges({ it }: StateCases): void {
  for (const method of methods) {
    it(`S14 ${method} with an empty prefix yields all kinds of its run, and of no other`, async ({
      store,
    }) => {
      const identity = freshIdentity()
      await saveKinds(store, identity, kindsInByteOrder(''))
      const others = [
        { ...identity, runId: '' },
        { ...identity, sessionId: 'another' },
        { ...identity, tenantId: `${identity.tenantId}-2` },
      ]
      for (const other of others) await saveNew(store, { identity: other, kind: 'of another' })
      assert.deepEqual(await kindsOf(store, method, identity, ''), kindsInByteOrder(''))
      for (const other of others) {
        assert.deepEqual(await kindsOf(store, method, other, ''), ['of another'])
      }
    })

    it(`S14 ${method} in descending order orders kinds by bytes, with any page size`, async ({
      store,
    }) => {
      const identity = freshIdentity()
      const expected = kindsInByteOrder('task.')
      await saveKinds(store, identity, [...expected, 'task', 'task/'])
      for (const pageSize of [1, 2, 100]) {
        const options = { order: 'descending', pageSize } as const
        const listed = await kindsOf(store, method, identity, 'task.', options)
        assert.deepEqual(listed, expected.toReversed(), `in pages of ${pageSize}`)
      }
    })

    it(`S14 ${method} keeps to its bounds in both orders, with and without a prefix`, async ({
      store,
    }) => {
      const identity = freshIdentity()
      await saveKinds(store, identity, kinds)
      const walks = orders.flatMap((order) =>
        ['', 'b.'].flatMap((prefix) =>
          pairs(bounds).map(async ([from, to]) => {
            const options = { ...definedBounds(from, to), order, pageSize: 4 }
            const listed = await kindsOf(store, method, identity, prefix, options)
            const expected = inOrder(inRange(prefix, from, to), order)
            assert.deepEqual(listed, expected, `${order} '${prefix}' from ${from} to ${to}`)
          }),
        ),
      )
      await Promise.all(walks)
    })

    it(`S14 ${method} yields no more than its limit, with any page size`, async ({ store }) => {
      const identity = freshIdentity()
      await saveKinds(store, identity, kinds)
      const walks = orders.flatMap((order) =>
        [0, 1, 3, 8, 9, 10, 2 ** 40].flatMap((limit) =>
          [1, 3, 100].map(async (pageSize) => {
            const listed = await kindsOf(store, method, identity, '', { order, limit, pageSize })
            const expected = inOrder(kinds, order).slice(0, limit)
            assert.deepEqual(listed, expected, `${order} ${limit} in pages of ${pageSize}`)
          }),
        ),
      )
      await Promise.all(walks)
    })

    it(`S14 ${method} in descending order yields the records that stay exactly once while others are added and removed`, async ({
      store,
    }) => {
      const stable = ['task.b', 'task.d', 'task.f', 'task.h']
      for (const pageSize of [1, 2, 3]) {
        const identity = freshIdentity()
        await saveKinds(store, identity, [...stable, 'task.e'])
        const seen: string[] = []
        const options = { order: 'descending', pageSize } as const
        for await (const { kind } of store[method](identity, 'task.', options)) {
          seen.push(kind)
          assert.ok(seen.length < 20, 'the walk has to end')
          await store.delete(identity, 'task.e')
          await saveNew(store, { identity, kind: `${kind}+` })
          await saveNew(store, { identity, kind: `task.c${seen.length}` })
        }
        const stayed = seen.filter((kind) => stable.includes(kind))
        assert.deepEqual(stayed, stable.toReversed(), `in pages of ${pageSize}`)
        assert.equal(new Set(seen).size, seen.length, 'no record may appear twice')
      }
    })

    it(`S14 ${method} throws at once for a malformed order, bound or limit`, async ({ store }) => {
      const identity = freshIdentity()
      for (const options of malformedOptions) {
        await assertFails('invalid_record', () => store[method](identity, '', options))
      }
    })
  }

  it('S14 count returns the number of records that list yields', async ({ store }) => {
    const identity = freshIdentity()
    await saveKinds(store, identity, kinds)
    for (const prefix of ['', 'b.', 'none']) {
      for (const [from, to] of pairs(bounds)) {
        const counted = await store.count(identity, prefix, definedBounds(from, to))
        assert.equal(counted, inRange(prefix, from, to).length, `${prefix} from ${from} to ${to}`)
      }
    }
  })

  it('S14 count rejects a malformed bound, and what only a list takes', async ({ store }) => {
    const identity = freshIdentity()
    const onlyOfLists = [{ limit: 1 }, { order: 'ascending' }, { pageSize: 1 }]
    for (const bound of malformedBounds) {
      for (const name of ['from', 'to']) onlyOfLists.push(malformed({ [name]: bound }))
    }
    for (const options of onlyOfLists) {
      await assertFails('invalid_record', () => store.count(identity, '', malformed(options)))
    }
  })
}

/** Returns the kinds of a range in the order of their bytes. */
function inRange(prefix: string, from: string | undefined, to: string | undefined): string[] {
  return kinds.filter(
    (kind) =>
      kind.startsWith(prefix) &&
      (from === undefined || compareBytes(kind, from) >= 0) &&
      (to === undefined || compareBytes(kind, to) < 0),
  )
}

function inOrder(ascending: readonly string[], order: (typeof orders)[number]): readonly string[] {
  return order === 'ascending' ? ascending : ascending.toReversed()
}

function pairs<Item>(items: readonly Item[]): (readonly [Item, Item])[] {
  return items.flatMap((left) => items.map((right) => [left, right] as const))
}

function definedBounds(from: string | undefined, to: string | undefined): StateListOptions {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
}

async function saveKinds(
  store: StateStore,
  identity: RunIdentity,
  saved: readonly string[],
): Promise<void> {
  await Promise.all(saved.map((kind) => saveNew(store, { identity, kind }, kind)))
}

async function kindsOf(
  store: StateStore,
  method: Method,
  identity: RunIdentity,
  prefix: string,
  options?: StateListOptions,
): Promise<string[]> {
  const records: readonly { readonly kind: string }[] = await collect<{ readonly kind: string }>(
    store[method](identity, prefix, options),
  )
  return records.map(({ kind }) => kind)
}
