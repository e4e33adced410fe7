import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { nextTurn } from '../support/next-turn.ts'
import { sessionOf } from '../support/session-of.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertThere } from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew, type Put } from './support/put-new.ts'

const ROUNDS = 4
/** As long as this many calls take, a delete that is repeated may still come. */
const LATE_CALLS = 5

/** S8: a delete removes what was there, and nothing that was put after that. */
export function deleteOnce({ itIfShared, callMs }: ArtifactCases): void {
  itIfShared(
    'S8 a delete leaves alone what another store put once the artifact was gone',
    async ({ store, open }) => {
      const other = await open()
      for (let round = 0; round < ROUNDS; round += 1) {
        const { ref } = await putNew(store, freshScope(), 'content', { filename: 'deleted' })
        let isDeleting = true
        const deleteIt = async (): Promise<boolean> => {
          try {
            return await store.delete(ref.scope, ref.id)
          } finally {
            isDeleting = false
          }
        }
        const putOnceGone = async (): Promise<Put> => {
          for (;;) {
            const isLast = !isDeleting
            const put = await putNew(other, ref.scope, 'content', { filename: 'kept' })
            if (isLast || put.ref.filename === 'kept') return put
            await nextTurn()
          }
        }
        const [isDeleted, kept] = await Promise.all([deleteIt(), putOnceGone()])
        assert.equal(isDeleted, true)
        await sleep(LATE_CALLS * callMs)
        await assertThere(other, kept)
      }
    },
  )

  itIfShared(
    'S8 a delete that found nothing leaves alone what is put beside it',
    async ({ store, open }) => {
      const other = await open()
      for (let round = 0; round < ROUNDS; round += 1) {
        const { ref } = await putNew(store, freshScope())
        assert.equal(await store.delete(ref.scope, ref.id), true)
        const [isDeleted, put] = await Promise.all([
          store.delete(ref.scope, ref.id),
          putNew(other, ref.scope),
        ])
        await sleep(LATE_CALLS * callMs)
        if (!isDeleted) await assertThere(other, put)
      }
    },
  )

  for (const method of ['delete', 'deleteScope'] as const) {
    itIfShared(
      `S8 what another store removed with ${method} can be put again`,
      async ({ store, open }) => {
        const other = await open()
        const { ref } = await putNew(store, freshScope())
        // If this store caches any of it, it does so now.
        await assertThere(store, await putNew(store, ref.scope))
        if (method === 'delete') assert.equal(await other.delete(ref.scope, ref.id), true)
        else assert.equal(await other.deleteScope(sessionOf(ref.scope)), 1)
        await assertThere(other, await putNew(store, ref.scope))
      },
    )
  }
}
