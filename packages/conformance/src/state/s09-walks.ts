import assert from 'node:assert/strict'
import type { RunIdentity } from '@harborage/core'
import type { StateRecord, StateStore } from '@harborage/state'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { freshKindPrefix } from './support/fresh-slot.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

/** The two methods that walk. Both have to behave alike while others write. */
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

/**
 * Registers the cases of S9: a walk continues while records are added and removed, and yields each
 * record that stays exactly once.
 */
export function walks({ it, itIfShared }: StateCases): void {
  for (const [method, walk] of walkers) {
    for (const pageSize of [1, 2, 3, 100]) {
      it(`S9 ${method} in pages of ${pageSize} yields the records that stay exactly once while others are added and removed`, async ({
        store,
      }) => {
        const at = await saveStable(store)
        const seen: string[] = []
        for await (const { kind } of walk(store, at, pageSize)) {
          seen.push(kind.slice(at.prefix.length))
          await insertAndDelete(store, at, seen.length)
        }
        assert.deepEqual(
          seen.filter((ending) => stable.includes(ending)),
          stable,
        )
        assert.equal(new Set(seen).size, seen.length, 'no record may appear twice')
      })
    }

    it(`S9 ${method} yields a record that is overwritten only once`, async ({ store }) => {
      const at = await saveStable(store)
      const seen: string[] = []
      for await (const { identity, kind } of walk(store, at, 2)) {
        seen.push(kind.slice(at.prefix.length))
        await saveNew(store, { identity, kind }, 'overwritten')
      }
      assert.deepEqual(seen, stable)
    })

    it(`S9 ${method} continues when the last record of a page is deleted`, async ({ store }) => {
      const at = await saveStable(store)
      const seen: string[] = []
      for await (const { identity, kind } of walk(store, at, 2)) {
        seen.push(kind.slice(at.prefix.length))
        assert.equal(await store.delete(identity, kind), true)
      }
      assert.deepEqual(seen, stable)
    })

    it(`S9 ${method} continues in the right place when the caller changes a record`, async ({
      store,
    }) => {
      const at = await saveStable(store)
      const seen: string[] = []
      for await (const record of walk(store, at, 2)) {
        seen.push(record.kind.slice(at.prefix.length))
        assert.ok(seen.length <= stable.length, 'no record may appear twice')
        Object.assign(record.identity, { tenantId: '', userId: '', sessionId: '', runId: '' })
        Object.assign(record, { kind: `${at.prefix}z` })
      }
      assert.deepEqual(seen, stable)
    })

    it(`S9 ${method} can be walked repeatedly, and twice at the same time`, async ({ store }) => {
      const at = await saveStable(store)
      const walked = walk(store, at, 2)
      const first = await collect(walked)
      assert.equal(first.length, stable.length)
      assert.deepEqual(await collect(walked), first)
      const [left, right] = await Promise.all([collect(walked), collect(walked)])
      assert.deepEqual(left, first)
      assert.deepEqual(right, first)
    })

    it(`S9 a ${method} that is walked again yields what was saved in the meantime`, async ({
      store,
    }) => {
      const at = await saveStable(store)
      const walked = walk(store, at, 100)
      await collect(walked)
      await saveNew(store, { identity: at.identity, kind: `${at.prefix}z` })
      assert.equal((await collect(walked)).length, stable.length + 1)
    })

    it(`S9 a ${method} that is left early leaves nothing open`, async ({ store }) => {
      const at = await saveStable(store)
      for (let round = 0; round < 20; round += 1) {
        for await (const { kind } of walk(store, at, 2)) {
          assert.equal(kind, `${at.prefix}${stable[0]}`)
          break
        }
      }
      await saveNew(store, { identity: at.identity, kind: `${at.prefix}z` })
      await store.close()
    })

    itIfShared(
      `S9 ${method} in one store continues while another store writes`,
      async ({ store, open }) => {
        const at = await saveStable(store)
        const other = await open()
        const seen: string[] = []
        for await (const { kind } of walk(store, at, 2)) {
          seen.push(kind.slice(at.prefix.length))
          await insertAndDelete(other, at, seen.length)
        }
        assert.deepEqual(
          seen.filter((ending) => stable.includes(ending)),
          stable,
        )
      },
    )
  }
}

/** The endings of the kinds that stay; those of the others are between them. */
const stable: readonly string[] = ['b', 'd', 'f', 'h', 'j', 'l']
const transient: readonly string[] = ['a', 'c', 'e', 'g', 'i', 'k', 'm']

async function saveStable(store: StateStore): Promise<Walked> {
  const at = { identity: freshIdentity(), prefix: freshKindPrefix() }
  for (const ending of stable) {
    await saveNew(store, { identity: at.identity, kind: `${at.prefix}${ending}` })
  }
  return at
}

/** Inserts a record before or after the position of the walk, and deletes another one. */
async function insertAndDelete(store: StateStore, at: Walked, step: number): Promise<void> {
  const kindAt = (index: number): string => `${at.prefix}${transient[index % transient.length]}`
  await store.delete(at.identity, kindAt(step + 2))
  const inserted = kindAt(step * 3)
  if ((await store.load(at.identity, inserted)) === undefined) {
    await saveNew(store, { identity: at.identity, kind: inserted })
  }
}
