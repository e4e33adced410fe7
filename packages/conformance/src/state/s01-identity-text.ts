import assert from 'node:assert/strict'
import type { RunIdentity } from '@harborage/core'
import type { NewStateRecord, StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { assertEmpty, assertHolds, assertSameRecord } from './support/assert-slot.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { invalidTexts, validTexts } from '../support/name-texts.ts'
import { namedParts, recordWith, slotParts } from './support/named-parts.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import { saveSimilar } from './support/save-similar.ts'
import { sessionParts } from '../support/similar-names.ts'
import type { StateCases } from './support/state-cases.ts'
import { deleteSession } from '../support/delete-session.ts'

/**
 * Registers the cases of S1: a name is stored byte for byte or rejected, so that two different
 * names never become the same.
 */
export function identityText({ it }: StateCases): void {
  for (const [description, text] of validTexts) {
    it(`S1 identity text: ${description} is stored unchanged`, async ({ store }) => {
      for (const part of namedParts) {
        if (Buffer.byteLength(text) > part.maxBytes) continue
        const record = recordWith(part, text)
        assert.equal(await store.save(record), 'saved', part.name)
        await assertHolds(store, record)
        assertSameRecord(await store.loadByEventId(record.identity, record.eventId), record)
      }
    })
  }

  for (const [description, text] of invalidTexts) {
    it(`S1 identity text: ${description} is rejected`, async ({ store }) => {
      const isLong = Buffer.byteLength(text) > 256
      for (const part of namedParts) {
        if (isLong && part.maxBytes > 256) continue
        await assertFails(part.errorCode, () => store.save(recordWith(part, text)), part.name)
      }
    })
  }

  it('S1 identity text: an event id has at most 128 bytes, and a kind at most 1,024', async ({
    store,
  }) => {
    for (const part of namedParts) {
      if (part.maxBytes === 256) continue
      const text = 'é'.repeat(part.maxBytes / 2)
      const record = recordWith(part, text)
      assert.equal(await store.save(record), 'saved', part.name)
      await assertHolds(store, record)
      await assertFails(part.errorCode, () => store.save(recordWith(part, `${text}x`)), part.name)
    }
  })

  for (const part of slotParts) {
    it(`S1 different texts as the ${part.name} are different slots`, async ({ store }) => {
      const slot = freshSlot()
      const records = validTexts.map(([, text]) => recordWith(part, text, slot))
      await assertKeepsApart(store, records)
    })
  }

  it('S1 identities that differ only in where their parts begin and end are different slots', async ({
    store,
  }) => {
    const { identity, kind } = freshSlot()
    const separators = ['/', ':', '|', ',', '.', '-', ' ', '\t', '\n', '\u001f', "','", '","', '\\']
    const records = separators.flatMap((separator) => [
      newRecord({ identity: { ...identity, userId: `a${separator}b`, sessionId: 'c' }, kind }),
      newRecord({ identity: { ...identity, userId: 'a', sessionId: `b${separator}c` }, kind }),
      newRecord({ identity: { ...identity, runId: `a${separator}b` }, kind: 'c' }),
      newRecord({ identity: { ...identity, runId: 'a' }, kind: `b${separator}c` }),
    ])
    await assertKeepsApart(store, records)
  })

  for (const part of sessionParts) {
    it(`S1 loadByEventId finds no record of a ${part} with a similar name`, async ({ store }) => {
      const [ours, ...others] = await saveSimilar(store, part)
      assert.ok(ours !== undefined)
      for (const other of others) {
        assert.equal(await store.loadByEventId(ours.identity, other.eventId), undefined)
        assert.equal(await store.loadByEventId(other.identity, ours.eventId), undefined)
        assertSameRecord(await store.loadByEventId(other.identity, other.eventId), other)
      }
    })
  }

  it('S1 an absent runId is the empty runId, and no other', async ({ store }) => {
    const { identity, kind } = freshSlot()
    const { runId: _, ...session } = identity
    const record = await saveNew(store, { identity: session, kind })
    await assertHolds(store, { ...record, identity: { ...session, runId: '' } })
    for (const runId of ['undefined', 'null', ' ', '0']) {
      await assertEmpty(store, { identity: { ...session, runId }, kind })
    }
  })

  it('S1 an identity that differs in one part finds nothing', async ({ store }) => {
    const { identity, eventId, kind } = await saveNew(store, freshSlot())
    for (const part of ['tenantId', 'userId', 'sessionId', 'runId'] as const) {
      const other: RunIdentity = { ...identity, [part]: 'other' }
      await assertEmpty(store, { identity: other, kind })
      if (part === 'runId') continue
      assert.equal(await store.loadByEventId(other, eventId), undefined, part)
      assert.equal(await deleteSession(store, other), 0, part)
    }
  })
}

/** Saves every record, then checks that each of them is in its slot. */
async function assertKeepsApart(
  store: StateStore,
  records: readonly NewStateRecord[],
): Promise<void> {
  for (const record of records) assert.equal(await store.save(record), 'saved')
  for (const record of records) await assertHolds(store, record)
}
