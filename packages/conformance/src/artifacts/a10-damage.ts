import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { assertFails } from '../support/assert-fails.ts'
import { malformed } from '../support/malformed.ts'
import type { ArtifactHarness, DamagedPart } from './artifact-harness.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { contentReads } from './support/content-reads.ts'
import { freshScope } from './support/fresh-scope.ts'

/** What the bytes can be compared with. */
const modes = [{}, { verify: 'checksum' }, { verify: 'digest' }] as const

/** Sizes of a checksum that is computed at once, and of several turns. */
const sizes = [1, 200_000, 3 * 1024 * 1024 + 1] as const

/** The parts that are compared in every mode. */
const compared = ['bytes', 'size', 'checksum'] as const satisfies readonly DamagedPart[]

/** Registers the cases of A10: a read finds damage in every mode. */
export function damage({
  damage: flips = {},
}: Pick<ArtifactHarness, 'damage'>): (cases: ArtifactCases) => void {
  return ({ it }) => {
    it('A10 what is stored matches in every mode', async ({ store }) => {
      for (const size of [0, ...sizes]) {
        const content = new Uint8Array(randomBytes(size))
        const { scope, id } = await store.putBytes(freshScope(), content)
        for (const options of modes) {
          const found = await store.get(scope, id, options)
          assert.ok(found !== undefined && Buffer.from(found).equals(content), 'the same bytes')
        }
      }
    })

    it('A10 a read rejects another verify', async ({ store }) => {
      const { scope, id } = await store.putText(freshScope(), 'content')
      for (const verify of ['sha256', '', null, true, 0, {}]) {
        for (const { call } of contentReads) {
          await assertFails('invalid_record', () => call(store, scope, id, malformed({ verify })))
        }
      }
      assert.equal(await store.getText(scope, id), 'content')
    })

    for (const part of compared) {
      const flip = flips[part]
      if (flip === undefined) continue
      it(`A10 a flipped bit of the ${part} is found in every mode`, async ({ store }) => {
        for (const size of part === 'bytes' ? sizes : sizes.slice(0, 2)) {
          const content = new Uint8Array(randomBytes(size))
          const scope = freshScope()
          const last = part === 'bytes' ? size * 8 - 1 : 6
          for (const bit of new Set([0, Math.floor(last / 2), last])) {
            const ref = await store.putBytes(scope, content)
            await flip(ref, bit)
            for (const options of modes) {
              await assertFails('artifact_corrupt', () => store.get(scope, ref.id, options))
            }
            for (const { call } of contentReads) {
              await assertFails('artifact_corrupt', () => call(store, scope, ref.id))
            }
            assert.equal(await store.delete(scope, ref.id), true)
          }
        }
      })
    }

    const { digest } = flips
    if (digest === undefined) return
    it('A10 a flipped bit of the digest is found where the digest is compared', async ({
      store,
    }) => {
      const ref = await store.putText(freshScope(), 'content')
      const { scope, id } = ref
      await digest(ref, 0)
      for (const { call } of contentReads) {
        await assertFails('artifact_corrupt', () => call(store, scope, id, { verify: 'digest' }))
      }
    })
  }
}
