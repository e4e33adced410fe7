import type { ErrorCode, RunIdentity } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { assertHolds } from './support/assert-slot.ts'
import { collect } from '../support/collect.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { malformed } from '../support/malformed.ts'
import {
  identitiesWithEmptyPart,
  identitiesWithoutPart,
  malformedIdentities,
} from '../support/malformed-identities.ts'
import { malformedArguments } from './support/malformed-arguments.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { storeMethods, type MethodArguments, type StoreMethod } from './support/store-methods.ts'

const maintenance = { maintenanceScoped: true } as const

/**
 * Registers the cases of S1: every method checks first that the store is open, then the identity,
 * then the other arguments.
 */
export function failClosed({ it }: StateCases): void {
  for (const method of storeMethods) {
    it(`S1 ${method.name} rejects an identity with a missing part`, async ({ store }) => {
      await assertRejectsAll(store, method, 'identity_required', withMissingPart)
    })

    it(`S1 ${method.name} rejects an identity with a malformed part`, async ({ store }) => {
      await assertRejectsAll(store, method, 'invalid_identity', (given) =>
        withMalformedPart(given, method),
      )
    })

    it(`S1 ${method.name} rejects other malformed arguments`, async ({ store }) => {
      await assertRejectsAll(store, method, 'invalid_record', (given) =>
        malformedArguments(method).map((wrong) => ({ ...given, ...wrong })),
      )
    })

    it(`S1 ${method.name} checks the identity before the other arguments`, async ({ store }) => {
      await assertRejectsAll(store, method, 'identity_required', (given) =>
        malformedArguments(method).map((wrong) => ({
          ...given,
          ...wrong,
          ...withoutTenant(given),
        })),
      )
    })

    it(`S1 ${method.name} checks first that the store is open`, async ({ store }) => {
      const given = newRecord(freshSlot())
      await store.close()
      for (const wrong of malformedArguments(method)) {
        // The subtree of an identity is made before the call, and cannot be malformed.
        const identity = method.takesSubtree === true ? {} : withoutTenant(given)
        const all = { ...given, ...wrong, ...identity }
        await assertFails('store_closed', () => method.call(store, all), method.name)
      }
    })
  }

  it('S1 listKind rejects malformed arguments', async ({ store }) => {
    for (const wrong of malformedArguments({ name: 'listKind', takes: ['kind'] })) {
      const { kind, options } = { kind: 'task.', options: {}, ...wrong }
      await assertFails('invalid_record', () => collect(store.listKind(maintenance, kind, options)))
    }
  })

  it('S1 listKind checks first that the store is open', async ({ store }) => {
    await store.close()
    await assertFails('store_closed', () => collect(store.listKind(malformed({}), '')))
  })
}

/** Checks that each malformed variant of a valid call is rejected, and changes nothing. */
async function assertRejectsAll(
  store: StateStore,
  method: StoreMethod,
  code: ErrorCode,
  variantsOf: (given: MethodArguments) => readonly MethodArguments[],
): Promise<void> {
  const slot = freshSlot()
  const kept = await saveNew(store, slot, 'kept')
  for (const variant of variantsOf(newRecord(slot, 'rejected'))) {
    await assertFails(code, () => method.call(store, variant), method.name)
  }
  await assertHolds(store, kept)
}

function withMissingPart(given: MethodArguments): MethodArguments[] {
  const identities = [
    ...identitiesWithEmptyPart(given.identity),
    ...identitiesWithoutPart(given.identity),
  ]
  return identities.map((identity) => ({ ...given, identity: malformed(identity) }))
}

function withMalformedPart(given: MethodArguments, method: StoreMethod): MethodArguments[] {
  return malformedIdentities(given.identity, takesRun(method) ? ['runId'] : []).map((identity) => ({
    ...given,
    identity: malformed(identity),
  }))
}

function withoutTenant(given: MethodArguments): { readonly identity: RunIdentity } {
  return { identity: { ...given.identity, tenantId: '' } }
}

function takesRun(method: StoreMethod): boolean {
  return method.takes.includes('runId')
}
