import { MAX_SNAPSHOT_BYTES, type MemorySnapshot } from '@harborage/memory'
import assert from 'node:assert/strict'
import { assertFails } from '../support/assert-fails.ts'
import { invalidBytes } from '../support/malformed-values.ts'
import { malformed } from '../support/malformed.ts'
import { bytesOf, textOf } from '../support/text-bytes.ts'
import { numberedTexts, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { damagedSnapshots } from './support/damaged-snapshots.ts'
import { storingStrategies } from './support/strategies.ts'

/** Registers the cases of M9: an invalid snapshot is rejected and changes nothing. */
export function invalidSnapshots({ it }: MemoryCases): void {
  for (const rules of storingStrategies) {
    const { strategy } = rules

    for (const [fault, damage] of damagedSnapshots) {
      it(`M9 a snapshot ${fault} is rejected under ${strategy}`, async ({ open }) => {
        const store = await open(rules)
        const session = freshIdentity()
        await addTurns(store, session, numberedTexts(1, 4))
        await store.settled(session)
        const good = await store.snapshot(session)
        const bytes = bytesOf(damage(textOf(good.bytes)))
        await assertFails('invalid_snapshot', () => store.restore(session, { bytes }))
        await assertFails('invalid_snapshot', () => store.restore(session, { strategy, bytes }))
        assert.deepEqual(await store.snapshot(session), good)
      })
    }

    it(`M9 a snapshot that is truncated anywhere is rejected under ${strategy}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const session = freshIdentity()
      await addTurns(store, session, numberedTexts(1, 4))
      await store.settled(session)
      const good = await store.snapshot(session)
      for (let length = 0; length < good.bytes.byteLength; length += 1) {
        const bytes = good.bytes.slice(0, length)
        await assertFails('invalid_snapshot', () => store.restore(session, { strategy, bytes }))
      }
      assert.deepEqual(await store.snapshot(session), good)
    })

    it(`M9 a value that is not a snapshot is rejected under ${strategy}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      await addTurns(store, session, ['kept'])
      const good = await store.snapshot(session)
      const wrong: readonly unknown[] = [
        undefined,
        null,
        'text',
        7,
        [],
        {},
        good.bytes,
        { strategy },
        { ...good, strategey: strategy },
        ...invalidBytes.map((bytes) => ({ bytes })),
        { bytes: Uint8Array.of(0xff, 0xfe, 0x00) },
        { bytes: Uint8Array.of(0xef, 0xbb, 0xbf, ...good.bytes).subarray(1) },
        { ...good, strategy: 'unknown' },
        { ...good, strategy: null },
        { ...good, strategy: 7 },
      ]
      for (const snapshot of wrong) {
        await assertFails('invalid_snapshot', () =>
          store.restore(session, malformed<MemorySnapshot>(snapshot)),
        )
      }
      assert.deepEqual(await store.snapshot(session), good)
    })

    it(`M9 bytes with a detached buffer are rejected under ${strategy}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      await addTurns(store, session, ['kept'])
      const good = await store.snapshot(session)
      const bytes = good.bytes.slice()
      structuredClone(bytes, { transfer: [bytes.buffer] })
      await assertFails('invalid_snapshot', () => store.restore(session, { bytes }))
      await assertFails('invalid_snapshot', () => store.restore(session, { strategy, bytes }))
      assert.deepEqual(await store.snapshot(session), good)
    })

    it(`M9 bytes that override byteLength as 0 are restored under ${strategy}`, async ({
      open,
    }) => {
      class Misreporting extends Uint8Array {
        override get byteLength(): number {
          return 0
        }
      }
      const store = await open(rules)
      const session = freshIdentity()
      await addTurns(store, session, ['kept'])
      const good = await store.snapshot(session)
      await store.restore(session, { bytes: new Misreporting(good.bytes) })
      assert.deepEqual(await store.snapshot(session), good)
    })

    it(`M9 a snapshot above the size limit is rejected under ${strategy}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      await addTurns(store, session, ['kept'])
      const good = await store.snapshot(session)
      const bytes = new Uint8Array(MAX_SNAPSHOT_BYTES + 1).fill(0x20)
      bytes.set(good.bytes)
      await assertFails('invalid_snapshot', () => store.restore(session, { bytes }))
      assert.deepEqual(await store.snapshot(session), good)
    })

    it(`M9 a snapshot of ${strategy} is rejected under other strategies`, async ({ open }) => {
      const session = freshIdentity()
      const store = await open(rules)
      await addTurns(store, session, ['kept'])
      const good = await store.snapshot(session)
      await store.close()
      for (const other of storingStrategies.filter((each) => each.strategy !== strategy)) {
        const otherStore = await open(other)
        await addTurns(otherStore, freshIdentity(), ['kept'])
        await assertFails('invalid_snapshot', () => otherStore.restore(freshIdentity(), good))
        const { bytes } = good
        await assertFails('invalid_snapshot', () => otherStore.restore(freshIdentity(), { bytes }))
        await assertFails('invalid_snapshot', () =>
          otherStore.restore(freshIdentity(), { strategy: other.strategy, bytes }),
        )
        await assertFails('invalid_snapshot', () =>
          otherStore.restore(freshIdentity(), { strategy: 'none', bytes }),
        )
      }
    })

    it(`M9 a snapshot with a __proto__ pollutes nothing under ${strategy}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      await addTurns(store, session, ['kept'])
      const { bytes } = await store.snapshot(session)
      const laden = textOf(bytes).replaceAll('{', '{"__proto__":{"polluted":true},')
      await assertFails('invalid_snapshot', () => store.restore(session, { bytes: bytesOf(laden) }))
      assert.equal(Reflect.get({}, 'polluted'), undefined)
    })
  }
}
