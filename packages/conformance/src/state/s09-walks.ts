import assert from 'node:assert/strict'
import type { RunIdentity } from '@harborage/core'
import type { StateRecord, StateStore } from '@harborage/state'
import { collect } from '../support/collect.ts'
import { freshIdentity, freshKindPrefix } from './support/fresh-slot.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

/** The two ways to walk, which have to behave alike while others write. */
const walkers: readonly (readonly [
  method: string,
  walk: (store: StateStore, at: Walked, pageSize: number) => AsyncIterable<StateRecord>,
])[] = [
  ['list', (store, { identity, prefix }, pageSize) => store.list(identity, prefix, { pageSize })],
  [
    'listKind',
    (store, { prefix }, pageSize) =>
      store.listKind({ maintenanceScoped: true }, prefix, { pageSize }),
  ],
]

interface Walked {
  readonly identity: RunIdentity
  readonly prefix: string
}

/** S9: a walk goes on while records come and go, and a record that stays put appears exactly once. */
export function walks({ it, itIfShared }: StateCases): void {
  for (const [method, walk] of walkers) {
    for (const pageSize of [1, 2, 3, 100]) {
      it(`S9 a ${method} in pages of ${pageSize} gives what stays exactly once while others come and go`, async ({
        store,
      }) => {
        const at = await saveStaying(store)
        const seen: string[] = []
        for await (const { kind } of walk(store, at, pageSize)) {
          seen.push(kind.slice(at.prefix.length))
          await disturb(store, at, seen.length)
        }
        assert.deepEqual(
          seen.filter((ending) => staying.includes(ending)),
          staying,
        )
        assert.equal(new Set(seen).size, seen.length, 'no record may appear twice')
      })
    }

    it(`S9 a ${method} gives a record that is overwritten once`, async ({ store }) => {
      const at = await saveStaying(store)
      const seen: string[] = []
      for await (const { identity, kind } of walk(store, at, 2)) {
        seen.push(kind.slice(at.prefix.length))
        await saveNew(store, { identity, kind }, 'overwritten')
      }
      assert.deepEqual(seen, staying)
    })

    it(`S9 a ${method} goes on when the record that ended its page is deleted`, async ({
      store,
    }) => {
      const at = await saveStaying(store)
      const seen: string[] = []
      for await (const { identity, kind } of walk(store, at, 2)) {
        seen.push(kind.slice(at.prefix.length))
        assert.equal(await store.delete(identity, kind), true)
      }
      assert.deepEqual(seen, staying)
    })

    it(`S9 a ${method} keeps its place whatever the caller does with a record`, async ({
      store,
    }) => {
      const at = await saveStaying(store)
      const seen: string[] = []
      for await (const record of walk(store, at, 2)) {
        seen.push(record.kind.slice(at.prefix.length))
        assert.ok(seen.length <= staying.length, 'no record may appear twice')
        Object.assign(record.identity, { tenantId: '', userId: '', sessionId: '', runId: '' })
        Object.assign(record, { kind: `${at.prefix}z` })
      }
      assert.deepEqual(seen, staying)
    })

    it(`S9 a ${method} can be walked again, and by two at once`, async ({ store }) => {
      const at = await saveStaying(store)
      const walked = walk(store, at, 2)
      const first = await collect(walked)
      assert.equal(first.length, staying.length)
      assert.deepEqual(await collect(walked), first)
      const [left, right] = await Promise.all([collect(walked), collect(walked)])
      assert.deepEqual(left, first)
      assert.deepEqual(right, first)
    })

    it(`S9 a ${method} that is begun again sees what was saved since`, async ({ store }) => {
      const at = await saveStaying(store)
      const walked = walk(store, at, 100)
      await collect(walked)
      await saveNew(store, { identity: at.identity, kind: `${at.prefix}z` })
      assert.equal((await collect(walked)).length, staying.length + 1)
    })

    it(`S9 a ${method} that is left early holds nothing open`, async ({ store }) => {
      const at = await saveStaying(store)
      for (let round = 0; round < 20; round += 1) {
        for await (const { kind } of walk(store, at, 2)) {
          assert.equal(kind, `${at.prefix}${staying[0]}`)
          break
        }
      }
      await saveNew(store, { identity: at.identity, kind: `${at.prefix}z` })
      await store.close()
    })

    itIfShared(
      `S9 a ${method} in one store goes on while another store writes`,
      async ({ store, open }) => {
        const at = await saveStaying(store)
        const other = await open()
        const seen: string[] = []
        for await (const { kind } of walk(store, at, 2)) {
          seen.push(kind.slice(at.prefix.length))
          await disturb(other, at, seen.length)
        }
        assert.deepEqual(
          seen.filter((ending) => staying.includes(ending)),
          staying,
        )
      },
    )
  }
}

/** The endings of the kinds that stay put; the others are in between. */
const staying: readonly string[] = ['b', 'd', 'f', 'h', 'j', 'l']
const coming: readonly string[] = ['a', 'c', 'e', 'g', 'i', 'k', 'm']

async function saveStaying(store: StateStore): Promise<Walked> {
  const at = { identity: freshIdentity(), prefix: freshKindPrefix() }
  for (const ending of staying) {
    await saveNew(store, { identity: at.identity, kind: `${at.prefix}${ending}` })
  }
  return at
}

/** Adds a record at one place, before or behind the walk, and removes one at another. */
async function disturb(store: StateStore, at: Walked, step: number): Promise<void> {
  const kindAt = (index: number): string => `${at.prefix}${coming[index % coming.length]}`
  await store.delete(at.identity, kindAt(step + 2))
  const inserted = kindAt(step * 3)
  if ((await store.load(at.identity, inserted)) === undefined) {
    await saveNew(store, { identity: at.identity, kind: inserted })
  }
}
