import assert from 'node:assert/strict'
import { MAX_SOURCE_BYTES, type ArtifactRef, type ArtifactStore } from '@harborage/artifacts'
import type { JsonObject } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { malformed } from '../support/malformed.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { freshScope, type FullScope } from './support/fresh-scope.ts'
import { nested, invalidSources } from './support/non-json.ts'
import { deleteSession } from '../support/delete-session.ts'

const MAX_DEPTH = 100

/** Written as JSON because `__proto__` in an object literal means something else. */
const withProto =
  '{"__proto__":{"polluted":true},"deep":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}'

/** Sources as JSON text, each with what is special about it. */
const sources: readonly (readonly [description: string, json: string])[] = [
  ['nothing', '{}'],
  ['every kind of value', '{"text":"a","number":1.5,"yes":true,"no":false,"null":null,"list":[]}'],
  [
    'large and small numbers',
    '{"numbers":[0,-1,9007199254740991,1e21,5e-324,1.7976931348623157e308]}',
  ],
  ['names that are not sorted', '{"b":1,"a":2,"":3,"B":4,"é":5,"😀":6}'],
  ['texts that need escapes', '{"text":"\\"\\\\\\n\\u0000\\u001f\\u2028"}'],
  ['a lone surrogate', '{"text":"\\ud800","\\udc00":1}'],
  ['texts that look like SQL', `{"text":"'; drop table artifacts_blobs; --","$1":"?"}`],
  ['names of an object prototype', '{"toString":1,"hasOwnProperty":2,"constructor":3}'],
  ['a name that sets prototypes', withProto],
  ['deep nesting', JSON.stringify(nested(MAX_DEPTH))],
]

/** Registers the cases of A4: a source is strict JSON. */
export function source({ it }: ArtifactCases): void {
  for (const [description, json] of sources) {
    it(`A4 a source with ${description} is returned unchanged`, async ({ store }) => {
      const scope = freshScope()
      for (const ref of await putWithSource(store, scope, parse(json))) {
        assert.equal(JSON.stringify(ref.source), JSON.stringify(JSON.parse(json)))
      }
    })
  }

  it('A4 a __proto__ in a source is data and pollutes nothing', async ({ store }) => {
    for (const ref of await putWithSource(store, freshScope(), parse(withProto))) {
      assert.deepEqual(Object.keys(ref.source), ['__proto__', 'deep'])
      assert.ok(Object.hasOwn(ref.source, '__proto__'))
      assert.equal(Reflect.get({}, 'polluted'), undefined)
      assert.equal(Reflect.get(Object.create(null), 'polluted'), undefined)
    }
  })

  it('A4 a source without a prototype is accepted', async ({ store }) => {
    const bare = malformed<JsonObject>(Object.assign(Object.create(null), { a: 1 }))
    for (const ref of await putWithSource(store, freshScope(), bare)) {
      assert.equal(JSON.stringify(ref.source), '{"a":1}')
    }
  })

  it('A4 one object at two places of a source is not a cycle', async ({ store }) => {
    const shared = { a: 1 }
    const refs = await putWithSource(store, freshScope(), { left: shared, right: [shared, shared] })
    for (const ref of refs) {
      assert.deepEqual(ref.source, { left: { a: 1 }, right: [{ a: 1 }, { a: 1 }] })
    }
  })

  for (const [description, value] of invalidSources) {
    it(`A4 a source is rejected that is or contains ${description}`, async ({ store }) => {
      await assertRejected(store, value)
    })
  }

  it(`A4 a source has at most ${MAX_SOURCE_BYTES} bytes of JSON`, async ({ store }) => {
    const empty = Buffer.byteLength('{"text":""}')
    for (const filler of ['x', 'é']) {
      const size = Buffer.byteLength(filler)
      const most = filler.repeat(Math.floor((MAX_SOURCE_BYTES - empty) / size))
      for (const ref of await putWithSource(store, freshScope(), { text: most })) {
        assert.deepEqual(ref.source, { text: most })
      }
      await assertRejected(store, { text: most + filler })
    }
  })

  it(`A4 a source is at most ${MAX_DEPTH} levels deep`, async ({ store }) => {
    await assertRejected(store, nested(MAX_DEPTH + 1))
    await assertRejected(store, nested(100_000))
  })
}

function parse(json: string): JsonObject {
  return malformed<JsonObject>(JSON.parse(json))
}

/** Puts an artifact and resolves to its ref as returned by each method. */
async function putWithSource(
  store: ArtifactStore,
  scope: FullScope,
  given: JsonObject,
): Promise<ArtifactRef[]> {
  const put = await store.putText(scope, 'content', { source: given })
  const again = await store.putText(scope, 'content')
  const got = await store.getRef(scope, put.id)
  const listed = await collect(store.list(scope))
  assert.ok(got !== undefined && listed.length === 1)
  return [put, again, got, ...listed]
}

async function assertRejected(store: ArtifactStore, given: unknown): Promise<void> {
  const scope = freshScope()
  const options = { source: malformed<JsonObject>(given) }
  await assertFails('invalid_record', () => store.putText(scope, 'content', options))
  assert.equal(await deleteSession(store, scope), 0, 'nothing may be stored')
}
