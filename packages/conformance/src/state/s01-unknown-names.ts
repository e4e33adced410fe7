import { allOfSession, type ErrorCode, newEventId } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { malformed } from '../support/malformed.ts'
import { sessionOf } from '../support/session-of.ts'
import { noOptions, withUnknownNames } from '../support/unknown-names.ts'
import { assertHolds } from './support/assert-slot.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { storeMethods, type MethodArguments } from './support/store-methods.ts'

/** Registers the cases of S1: unknown properties are rejected, since they would be ignored. */
export function unknownNames({ it }: StateCases): void {
  for (const method of storeMethods) {
    it(`S1 ${method.name} rejects an argument with an unknown property`, async ({ store }) => {
      const kept = await saveNew(store, freshSlot(), 'kept')
      const given = newRecord(kept, 'rejected')
      const assertRejects = async (
        code: ErrorCode,
        variants: readonly MethodArguments[],
      ): Promise<void> => {
        for (const variant of variants) await assertFails(code, () => method.call(store, variant))
      }
      if (method.name === 'deleteAll') {
        for (const identity of withUnknownNames(sessionOf(given.identity))) {
          await assertFails('invalid_identity', async () => store.deleteAll(allOfSession(identity)))
        }
      }
      // A subtree is made of a copy, which has no inherited properties.
      const identities = withUnknownNames(given.identity).filter(
        (identity) => method.takesSubtree !== true || Object.keys(identity).length > 4,
      )
      await assertRejects(
        'invalid_identity',
        identities.map((identity) => ({ ...given, identity })),
      )
      const named = withUnknownNames<object>({ signal: new AbortController().signal })
      const options = [...named, ...noOptions()]
      await assertRejects(
        'invalid_record',
        options.map((each) => ({ ...given, options: each })),
      )
      await assertHolds(store, kept)
    })
  }

  it('S1 records, transactions and their entries with an unknown property are rejected', async ({
    store,
  }) => {
    const kept = await saveNew(store, freshSlot(), 'kept')
    const { identity, kind } = kept
    const fresh = { ...newRecord(kept, 'rejected'), eventId: newEventId() }
    for (const record of [...withUnknownNames(fresh), { ...fresh, ifEventId: null }]) {
      await assertFails('invalid_record', () => store.save(record))
      await assertFails('invalid_record', () => store.commit({ save: [record] }))
    }
    for (const slot of withUnknownNames({ identity, kind })) {
      await assertFails('invalid_record', () => store.commit({ delete: [slot] }))
    }
    for (const expectation of withUnknownNames({ identity, kind, eventId: kept.eventId })) {
      await assertFails('invalid_record', () => store.commit({ expect: [expectation] }))
    }
    for (const transaction of withUnknownNames({ save: [fresh] })) {
      await assertFails('invalid_record', () => store.commit(transaction))
    }
    const narrowed = malformed<{ maintenanceScoped: true }>({
      maintenanceScoped: true,
      tenantId: identity.tenantId,
    })
    await assertFails('invalid_record', () => store.listKind(narrowed, kind))
    await assertHolds(store, kept)
  })

  it('S1 records that the store returned are accepted as slots and as expectations', async ({
    store,
  }) => {
    const saved = await saveNew(store, freshSlot(), 'first')
    const held = await store.loadOrThrow(saved.identity, saved.kind)
    await store.commit({ expect: [held], save: [{ ...held, eventId: newEventId() }] })
    await store.commit({ delete: [await store.loadOrThrow(held.identity, held.kind)] })
    await store.loadByEventId(held.identity, held.eventId)
  })
}
