import assert from 'node:assert/strict'
import type { ArtifactStore } from '@harborage/artifacts'
import { collect } from '../support/collect.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRefs } from './support/assert-artifact.ts'
import { digestOf } from './support/digest.ts'
import { freshScope, type FullScope } from './support/fresh-scope.ts'
import { walkers } from './support/walkers.ts'

/** A6: a walk goes on while artifacts come and go, and a ref that stays put appears exactly once. */
export function walks({ it, itIfShared }: ArtifactCases): void {
  for (const { name, walk } of walkers) {
    for (const pageSize of [1, 2, 3, 100]) {
      it(`A6 ${name} in pages of ${pageSize} gives what stays exactly once while others come and go`, async ({
        store,
      }) => {
        const scope = await putStaying(store)
        const seen: string[] = []
        for await (const { namespace } of walk(store, scope, pageSize)) {
          seen.push(namespace)
          await disturb(store, scope, seen.length)
        }
        assert.deepEqual(seen.filter(stays), staying)
        assert.equal(new Set(seen).size, seen.length, 'no ref may appear twice')
      })
    }

    it(`A6 ${name} goes on when each ref that it gives is deleted`, async ({ store }) => {
      const scope = await putStaying(store)
      const seen: string[] = []
      for await (const { namespace, id } of walk(store, scope, 2)) {
        seen.push(namespace)
        assert.equal(await store.delete(scope, id), true)
      }
      assert.deepEqual(seen, staying)
    })

    it(`A6 ${name} keeps its place whatever the caller does with a ref`, async ({ store }) => {
      const scope = await putStaying(store)
      const seen: string[] = []
      for await (const ref of walk(store, scope, 2)) {
        seen.push(ref.namespace)
        assert.ok(seen.length <= staying.length, 'no ref may appear twice')
        Object.assign(ref.scope, { tenantId: '', userId: '', sessionId: '', taskId: '' })
        Object.assign(ref, { namespace: 'z', id: 'z', sha256: 'z' })
      }
      assert.deepEqual(seen, staying)
    })

    it(`A6 ${name} can be walked again, and by two at once`, async ({ store }) => {
      const walked = walk(store, await putStaying(store), 2)
      const first = await collect(walked)
      assert.equal(first.length, staying.length)
      assertSameRefs(await collect(walked), first)
      const [left, right] = await Promise.all([collect(walked), collect(walked)])
      assertSameRefs(left, first)
      assertSameRefs(right, first)
    })

    it(`A6 ${name} that is begun again sees what was put since`, async ({ store }) => {
      const scope = await putStaying(store)
      const walked = walk(store, scope, 100)
      await collect(walked)
      await putAt(store, scope, 'z')
      assert.equal((await collect(walked)).length, staying.length + 1)
    })

    it(`A6 ${name} that is left early holds nothing open`, async ({ store }) => {
      const scope = await putStaying(store)
      for (let round = 0; round < 20; round += 1) {
        for await (const { namespace } of walk(store, scope, 2)) {
          assert.equal(namespace, staying[0])
          break
        }
      }
      await putAt(store, scope, 'z')
      await store.close()
    })

    itIfShared(`A6 ${name} goes on while another store writes`, async ({ store, open }) => {
      const scope = await putStaying(store)
      const other = await open()
      const seen: string[] = []
      for await (const { namespace } of walk(store, scope, 2)) {
        seen.push(namespace)
        await disturb(other, scope, seen.length)
      }
      assert.deepEqual(seen.filter(stays), staying)
    })
  }
}

/** The namespaces of the artifacts that stay put; those of the others are in between. */
const staying: readonly string[] = ['b', 'd', 'f', 'h', 'j', 'l']
const coming: readonly string[] = ['a', 'c', 'e', 'g', 'i', 'k', 'm']

function stays(namespace: string): boolean {
  return staying.includes(namespace)
}

async function putStaying(store: ArtifactStore): Promise<FullScope> {
  const scope = freshScope()
  for (const namespace of staying) await putAt(store, scope, namespace)
  return scope
}

async function putAt(store: ArtifactStore, scope: FullScope, namespace: string): Promise<void> {
  await store.putText(scope, 'content', { namespace })
}

/** Adds an artifact at one place, before or behind the walk, and removes one at another. */
async function disturb(store: ArtifactStore, scope: FullScope, step: number): Promise<void> {
  const at = (index: number): string => coming[index % coming.length] ?? 'a'
  await store.delete(scope, `${at(step + 2)}_${digestOf('content').slice(0, 12)}`)
  await putAt(store, scope, at(step * 3))
}
