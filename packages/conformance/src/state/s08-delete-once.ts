import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf } from '../support/answer-of.ts'
import { nextTurn } from '../support/next-turn.ts'
import { assertHolds } from './support/assert-slot.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

const ROUNDS = 4
/** As long as this many calls take, a delete that is repeated may still come. */
const LATE_CALLS = 5

/** S8: a delete removes what was there, and nothing that was saved after that. */
export function deleteOnce({ itIfShared, callMs }: StateCases): void {
  itIfShared(
    'S8 a delete leaves alone what another store saved once the slot was empty',
    async ({ store, open }) => {
      const other = await open()
      for (let round = 0; round < ROUNDS; round += 1) {
        const deleted = await saveNew(store, freshSlot(), 'deleted')
        const next = newRecord(deleted, 'kept')
        const save = (): Promise<string> => answerOf(() => other.save(next, { ifEventId: null }))
        let isDeleting = true
        const deleteIt = async (): Promise<boolean> => {
          try {
            return await store.delete(deleted.identity, deleted.kind)
          } finally {
            isDeleting = false
          }
        }
        const saveOnceEmpty = async (): Promise<string> => {
          for (;;) {
            const isLast = !isDeleting
            const answer = await save()
            if (isLast || answer === 'saved') return answer
            await nextTurn()
          }
        }
        assert.deepEqual(await Promise.all([deleteIt(), saveOnceEmpty()]), [true, 'saved'])
        await sleep(LATE_CALLS * callMs)
        await assertHolds(other, next)
      }
    },
  )
}
