import { allOfSession, type ErrorCode } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { malformed } from '../support/malformed.ts'
import { sessionOf } from '../support/session-of.ts'
import { bytesOf } from '../support/text-bytes.ts'
import { noOptions, withUnknownNames } from '../support/unknown-names.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRefs } from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'
import { storeMethods, type MethodArguments } from './support/store-methods.ts'

/** Registers the cases of A1: unknown properties are rejected, since they would be ignored. */
export function unknownNames({ it }: ArtifactCases): void {
  for (const { name, takes, call: callWithSession, callWithin } of storeMethods) {
    const isOfSession = callWithin !== undefined
    const call: typeof callWithSession = async (store, given) =>
      callWithin === undefined
        ? callWithSession(store, given)
        : callWithin(store, allOfSession(malformed(given.scope)), given.options)

    it(`A1 ${name} rejects an argument with an unknown property`, async ({ store }) => {
      const { ref } = await putNew(store, freshScope())
      const { scope, id } = ref
      const given = {
        scope: isOfSession ? sessionOf(scope) : scope,
        id,
        data: bytesOf('rejected'),
        text: 'rejected',
      }
      const assertRejects = async (
        code: ErrorCode,
        variants: readonly MethodArguments[],
      ): Promise<void> => {
        for (const variant of variants) await assertFails(code, () => call(store, variant))
      }
      const scopes = [...withUnknownNames(given.scope)]
      await assertRejects(
        'invalid_identity',
        scopes.map((each) => ({ ...given, scope: each })),
      )
      const ofRun = { ...given, scope: { ...given.scope, runId: 'run' } }
      await assertRejects('invalid_identity', [ofRun])
      if (takes.includes('options')) {
        const named = withUnknownNames<object>({ signal: new AbortController().signal })
        const options = [...named, ...noOptions()]
        await assertRejects(
          'invalid_record',
          options.map((each) => ({ ...given, options: each })),
        )
      }
      assertSameRefs(await collect(store.list(scope)), [ref])
    })
  }

  it('A1 a view rejects options with an unknown property', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    const view = store.scoped(ref.scope)
    for (const options of withUnknownNames({})) {
      await assertFails('invalid_record', () => view.offload('text', options))
      await assertFails('invalid_record', () => view.putText('text', options))
      await assertFails('invalid_record', () => view.deleteAll(options))
    }
    await assertFails('invalid_record', () => view.deleteAll({ pageSize: 1 } as object))
    assertSameRefs(await collect(view.list()), [ref])
  })
}
