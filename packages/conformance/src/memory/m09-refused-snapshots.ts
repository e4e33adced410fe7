import { MAX_SNAPSHOT_BYTES, type MemorySnapshot } from '@harborage/memory'
import assert from 'node:assert/strict'
import { assertFails } from '../support/assert-fails.ts'
import { notBytes } from '../support/malformed-values.ts'
import { malformed } from '../support/malformed.ts'
import { bytesOf, textOf } from '../support/text-bytes.ts'
import { numbered, say } from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { damagedSnapshots } from './support/damaged-snapshots.ts'
import { keepingStrategies } from './support/strategies.ts'

/** M9: what is not a snapshot of this strategy is refused, and changes nothing. */
export function refusedSnapshots({ it }: MemoryCases): void {
  for (const rules of keepingStrategies) {
    const { strategy } = rules

    for (const [fault, damage] of damagedSnapshots) {
      it(`M9 a snapshot ${fault} is refused under ${strategy}`, async ({ open }) => {
        const store = await open(rules)
        const session = freshSession()
        await say(store, session, numbered(1, 4))
        await store.settled(session)
        const good = await store.snapshot(session)
        const bytes = bytesOf(damage(textOf(good.bytes)))
        await assertFails('invalid_snapshot', () => store.restore(session, { bytes }))
        await assertFails('invalid_snapshot', () => store.restore(session, { strategy, bytes }))
        assert.deepEqual(await store.snapshot(session), good)
      })
    }

    it(`M9 a snapshot that is cut anywhere is refused under ${strategy}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      await say(store, session, numbered(1, 4))
      await store.settled(session)
      const good = await store.snapshot(session)
      for (let length = 0; length < good.bytes.byteLength; length += 1) {
        const bytes = good.bytes.slice(0, length)
        await assertFails('invalid_snapshot', () => store.restore(session, { strategy, bytes }))
      }
      assert.deepEqual(await store.snapshot(session), good)
    })

    it(`M9 what is no snapshot at all is refused under ${strategy}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      await say(store, session, ['kept'])
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
        ...notBytes.map((bytes) => ({ bytes })),
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

    it(`M9 bytes whose buffer was transferred are refused under ${strategy}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      await say(store, session, ['kept'])
      const good = await store.snapshot(session)
      const bytes = good.bytes.slice()
      structuredClone(bytes, { transfer: [bytes.buffer] })
      await assertFails('invalid_snapshot', () => store.restore(session, { bytes }))
      await assertFails('invalid_snapshot', () => store.restore(session, { strategy, bytes }))
      assert.deepEqual(await store.snapshot(session), good)
    })

    it(`M9 bytes that say they are empty are read all the same under ${strategy}`, async ({
      open,
    }) => {
      class Modest extends Uint8Array {
        override get byteLength(): number {
          return 0
        }
      }
      const store = await open(rules)
      const session = freshSession()
      await say(store, session, ['kept'])
      const good = await store.snapshot(session)
      await store.restore(session, { bytes: new Modest(good.bytes) })
      assert.deepEqual(await store.snapshot(session), good)
    })

    it(`M9 a snapshot that is too large is refused under ${strategy}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      await say(store, session, ['kept'])
      const good = await store.snapshot(session)
      const bytes = new Uint8Array(MAX_SNAPSHOT_BYTES + 1).fill(0x20)
      bytes.set(good.bytes)
      await assertFails('invalid_snapshot', () => store.restore(session, { bytes }))
      assert.deepEqual(await store.snapshot(session), good)
    })

    it(`M9 a snapshot of another strategy is refused under ${strategy}`, async ({ open }) => {
      const session = freshSession()
      const store = await open(rules)
      await say(store, session, ['kept'])
      const good = await store.snapshot(session)
      await store.close()
      for (const other of keepingStrategies.filter((each) => each.strategy !== strategy)) {
        const stranger = await open(other)
        await say(stranger, freshSession(), ['kept'])
        await assertFails('invalid_snapshot', () => stranger.restore(freshSession(), good))
        const { bytes } = good
        await assertFails('invalid_snapshot', () => stranger.restore(freshSession(), { bytes }))
        await assertFails('invalid_snapshot', () =>
          stranger.restore(freshSession(), { strategy: other.strategy, bytes }),
        )
        await assertFails('invalid_snapshot', () =>
          stranger.restore(freshSession(), { strategy: 'none', bytes }),
        )
      }
    })

    it(`M9 a snapshot with a __proto__ pollutes nothing under ${strategy}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      await say(store, session, ['kept'])
      const { bytes } = await store.snapshot(session)
      const laden = textOf(bytes).replaceAll('{', '{"__proto__":{"polluted":true},')
      await assertFails('invalid_snapshot', () => store.restore(session, { bytes: bytesOf(laden) }))
      assert.equal(Reflect.get({}, 'polluted'), undefined)
    })
  }
}
