import type { ErrorCode } from '@harborage/core'
import type { ArtifactScope, ArtifactStore } from '@harborage/artifacts'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { malformed } from '../support/malformed.ts'
import {
  identitiesWithEmptyPart,
  identitiesWithoutPart,
  malformedIdentities,
} from '../support/malformed-identities.ts'
import { bytesOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRefs, assertStored } from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'
import { malformedArguments } from './support/malformed-arguments.ts'
import { putNew } from './support/put-new.ts'
import { storeMethods, type MethodArguments, type StoreMethod } from './support/store-methods.ts'

/**
 * Registers the cases of A1: every method checks first that the store is open, then the scope, then
 * the other arguments.
 */
export function failClosed({ it }: ArtifactCases): void {
  for (const method of storeMethods) {
    const { name } = method

    it(`A1 ${name} rejects a scope with an empty part`, async ({ store }) => {
      await assertRejectsAll(store, method, 'identity_required', ({ scope }) =>
        identitiesWithEmptyPart(scope).map(withScope),
      )
    })

    if (name !== 'list') {
      it(`A1 ${name} rejects a scope without a part`, async ({ store }) => {
        await assertRejectsAll(store, method, 'identity_required', ({ scope }) =>
          identitiesWithoutPart(scope).map(withScope),
        )
      })
    }

    it(`A1 ${name} rejects a scope with a malformed part`, async ({ store }) => {
      const optional = method.takes.includes('taskId') ? ['taskId'] : []
      await assertRejectsAll(store, method, 'invalid_identity', ({ scope }) =>
        malformedIdentities(scope, optional).map(withScope),
      )
    })

    it(`A1 ${name} checks first that the store is open`, async ({ store }) => {
      // The subtree of a scope is made before the call, and cannot be malformed.
      const given = {
        ...argumentsFor(freshScope()),
        ...(method.callWithin === undefined ? withScope({}) : {}),
      }
      await store.close()
      for (const wrong of [{}, ...malformedArguments(method)]) {
        const call = (): Promise<unknown> => method.call(store, { ...given, ...wrong })
        await assertFails('store_closed', call, name)
      }
    })

    if (malformedArguments(method).length === 0) continue

    it(`A1 ${name} rejects other malformed arguments`, async ({ store }) => {
      await assertRejectsAll(store, method, 'invalid_record', () => malformedArguments(method))
    })

    it(`A1 ${name} checks the scope before the other arguments`, async ({ store }) => {
      await assertRejectsAll(store, method, 'identity_required', ({ scope }) =>
        malformedArguments(method).map((wrong) => ({
          ...wrong,
          ...withScope({ ...scope, userId: '' }),
        })),
      )
    })
  }
}

/** Checks that each malformed variant of a valid call is rejected, and changes nothing. */
async function assertRejectsAll(
  store: ArtifactStore,
  method: StoreMethod,
  code: ErrorCode,
  variantsOf: (given: MethodArguments) => readonly Partial<MethodArguments>[],
): Promise<void> {
  const kept = await putNew(store, freshScope())
  const given = { ...argumentsFor(kept.ref.scope), id: kept.ref.id }
  for (const variant of variantsOf(given)) {
    await assertFails(code, () => method.call(store, { ...given, ...variant }), method.name)
  }
  await assertStored(store, kept)
  assertSameRefs(await collect(store.list(kept.ref.scope)), [kept.ref])
}

function argumentsFor(scope: ArtifactScope): MethodArguments {
  return { scope, id: 'default_0123456789ab', data: bytesOf('rejected'), text: 'rejected' }
}

function withScope(scope: unknown): { readonly scope: ArtifactScope } {
  return { scope: malformed(scope) }
}
