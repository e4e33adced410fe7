import assert from 'node:assert/strict'
import type { ArtifactStore } from '@harborage/artifacts'
import { collect } from '../support/collect.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRefs } from './support/assert-artifact.ts'
import { digestOf } from './support/digest.ts'
import { freshScope, type FullScope } from './support/fresh-scope.ts'
import { walkers } from './support/walkers.ts'

/**
 * Registers the cases of A6: a walk continues while artifacts are added and removed, and yields
 * each ref that stays exactly once.
 */
export function walks({ it, itIfShared }: ArtifactCases): void {
  for (const { name, walk } of walkers) {
    for (const pageSize of [1, 2, 3, 100]) {
      it(`A6 ${name} in pages of ${pageSize} yields the refs that stay exactly once while others are added and removed`, async ({
        store,
      }) => {
        const scope = await putStable(store)
        const seen: string[] = []
        for await (const { namespace } of walk(store, scope, pageSize)) {
          seen.push(namespace)
          await insertAndDelete(store, scope, seen.length)
        }
        assert.deepEqual(seen.filter(isStable), stable)
        assert.equal(new Set(seen).size, seen.length, 'no ref may appear twice')
      })
    }

    it(`A6 ${name} continues when each ref that it yields is deleted`, async ({ store }) => {
      const scope = await putStable(store)
      const seen: string[] = []
      for await (const { namespace, id } of walk(store, scope, 2)) {
        seen.push(namespace)
        assert.equal(await store.delete(scope, id), true)
      }
      assert.deepEqual(seen, stable)
    })

    it(`A6 ${name} continues in the right place when the caller changes a ref`, async ({
      store,
    }) => {
      const scope = await putStable(store)
      const seen: string[] = []
      for await (const ref of walk(store, scope, 2)) {
        seen.push(ref.namespace)
        assert.ok(seen.length <= stable.length, 'no ref may appear twice')
        Object.assign(ref.scope, { tenantId: '', userId: '', sessionId: '', taskId: '' })
        Object.assign(ref, { namespace: 'z', id: 'z', sha256: 'z' })
      }
      assert.deepEqual(seen, stable)
    })

    it(`A6 ${name} can be walked repeatedly, and twice at the same time`, async ({ store }) => {
      const walked = walk(store, await putStable(store), 2)
      const first = await collect(walked)
      assert.equal(first.length, stable.length)
      assertSameRefs(await collect(walked), first)
      const [left, right] = await Promise.all([collect(walked), collect(walked)])
      assertSameRefs(left, first)
      assertSameRefs(right, first)
    })

    it(`A6 ${name} that is walked again yields what was put in the meantime`, async ({ store }) => {
      const scope = await putStable(store)
      const walked = walk(store, scope, 100)
      await collect(walked)
      await putAt(store, scope, 'z')
      assert.equal((await collect(walked)).length, stable.length + 1)
    })

    it(`A6 ${name} that is left early leaves nothing open`, async ({ store }) => {
      const scope = await putStable(store)
      for (let round = 0; round < 20; round += 1) {
        for await (const { namespace } of walk(store, scope, 2)) {
          assert.equal(namespace, stable[0])
          break
        }
      }
      await putAt(store, scope, 'z')
      await store.close()
    })

    itIfShared(`A6 ${name} continues while another store writes`, async ({ store, open }) => {
      const scope = await putStable(store)
      const other = await open()
      const seen: string[] = []
      for await (const { namespace } of walk(store, scope, 2)) {
        seen.push(namespace)
        await insertAndDelete(other, scope, seen.length)
      }
      assert.deepEqual(seen.filter(isStable), stable)
    })
  }
}

/** The namespaces of the artifacts that stay; those of the others are between them. */
const stable: readonly string[] = ['b', 'd', 'f', 'h', 'j', 'l']
const transient: readonly string[] = ['a', 'c', 'e', 'g', 'i', 'k', 'm']

function isStable(namespace: string): boolean {
  return stable.includes(namespace)
}

async function putStable(store: ArtifactStore): Promise<FullScope> {
  const scope = freshScope()
  for (const namespace of stable) await putAt(store, scope, namespace)
  return scope
}

async function putAt(store: ArtifactStore, scope: FullScope, namespace: string): Promise<void> {
  await store.putText(scope, 'content', { namespace })
}

/** Puts an artifact before or after the position of the walk, and deletes another one. */
async function insertAndDelete(
  store: ArtifactStore,
  scope: FullScope,
  step: number,
): Promise<void> {
  const at = (index: number): string => transient[index % transient.length] ?? 'a'
  await store.delete(scope, `${at(step + 2)}_${digestOf('content').slice(0, 12)}`)
  await putAt(store, scope, at(step * 3))
}
