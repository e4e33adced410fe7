import assert from 'node:assert/strict'
import type { RunIdentity } from '@harborage/core'
import type { NewStateRecord, StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { assertEmpty, assertHolds, assertIs } from './support/assert-slot.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { invalidTexts, validTexts } from '../support/name-texts.ts'
import { namedParts, recordNamed, slotParts } from './support/named-parts.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import { saveSimilar } from './support/save-similar.ts'
import { sessionParts } from '../support/similar-names.ts'
import { sessionOf } from '../support/session-of.ts'
import type { StateCases } from './support/state-cases.ts'

/** S1: what names something is kept byte for byte or refused, so that no two names become one. */
export function identityText({ it }: StateCases): void {
  for (const [description, text] of validTexts) {
    it(`S1 identity text: ${description} is kept as it is`, async ({ store }) => {
      for (const part of namedParts) {
        if (Buffer.byteLength(text) > part.maxBytes) continue
        const record = recordNamed(part, text)
        assert.equal(await store.save(record), 'saved', part.name)
        await assertHolds(store, record)
        assertIs(await store.loadByEventId(record.identity, record.eventId), record)
      }
    })
  }

  for (const [description, text] of invalidTexts) {
    it(`S1 identity text: ${description} is refused`, async ({ store }) => {
      for (const part of namedParts) {
        await assertFails(part.refusal, () => store.save(recordNamed(part, text)), part.name)
      }
    })
  }

  it('S1 identity text: an event id has 128 bytes and no more', async ({ store }) => {
    const part = { name: 'eventId', maxBytes: 128, refusal: 'invalid_record' } as const
    assert.equal(await store.save(recordNamed(part, 'é'.repeat(64))), 'saved')
    await assertFails('invalid_record', () => store.save(recordNamed(part, `${'é'.repeat(64)}x`)))
  })

  for (const part of slotParts) {
    it(`S1 no two texts for the ${part.name} meet in one slot`, async ({ store }) => {
      const slot = freshSlot()
      const records = validTexts.map(([, text]) => recordNamed(part, text, slot))
      await assertKeepsApart(store, records)
    })
  }

  it('S1 no two identities meet in one slot by moving text between their parts', async ({
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
    it(`S1 loadByEventId finds nothing of a ${part} with a similar name`, async ({ store }) => {
      const [ours, ...others] = await saveSimilar(store, part)
      assert.ok(ours !== undefined)
      for (const other of others) {
        assert.equal(await store.loadByEventId(ours.identity, other.eventId), undefined)
        assert.equal(await store.loadByEventId(other.identity, ours.eventId), undefined)
        assertIs(await store.loadByEventId(other.identity, other.eventId), other)
      }
    })
  }

  it('S1 an absent run is the empty run, and no other', async ({ store }) => {
    const { identity, kind } = freshSlot()
    const { runId: _, ...session } = identity
    const record = await saveNew(store, { identity: session, kind })
    await assertHolds(store, { ...record, identity: { ...session, runId: '' } })
    for (const runId of ['undefined', 'null', ' ', '0']) {
      await assertEmpty(store, { identity: { ...session, runId }, kind })
    }
  })

  it('S1 another part of the identity finds nothing', async ({ store }) => {
    const { identity, eventId, kind } = await saveNew(store, freshSlot())
    for (const part of ['tenantId', 'userId', 'sessionId', 'runId'] as const) {
      const other: RunIdentity = { ...identity, [part]: 'other' }
      await assertEmpty(store, { identity: other, kind })
      if (part === 'runId') continue
      assert.equal(await store.loadByEventId(other, eventId), undefined, part)
      assert.equal(await store.deleteScope(sessionOf(other)), 0, part)
    }
  })
}

/** Saves every record and finds each of them again. */
async function assertKeepsApart(
  store: StateStore,
  records: readonly NewStateRecord[],
): Promise<void> {
  for (const record of records) assert.equal(await store.save(record), 'saved')
  for (const record of records) await assertHolds(store, record)
}
