import { setTimeout as sleep } from 'node:timers/promises'
import { nextTurn } from './event-loop.ts'

/** The number of rounds of a race with a delete. */
export const DELETE_RACES = 4

/** A delete that a driver repeats by mistake is made within the time of this many calls. */
const LATE_CALLS = 5

/**
 * Deletes an entry, and writes a new one in its place as soon as the place is empty.
 *
 * @param deleteEntry Deletes the entry, and resolves to whether it existed.
 * @param write Tries to write the new entry.
 * @param isWritten Returns whether the answer of `write` means that the new entry was written.
 */
export async function writeDuringDelete<Answer>(
  deleteEntry: () => Promise<boolean>,
  write: () => Promise<Answer>,
  isWritten: (answer: Answer) => boolean,
): Promise<{ readonly isDeleted: boolean; readonly answer: Answer }> {
  let isDeleting = true
  const runDelete = async (): Promise<boolean> => {
    try {
      return await deleteEntry()
    } finally {
      isDeleting = false
    }
  }
  const writeOnceEmpty = async (): Promise<Answer> => {
    for (;;) {
      const isLast = !isDeleting
      const answer = await write()
      if (isLast || isWritten(answer)) return answer
      await nextTurn()
    }
  }
  const [isDeleted, answer] = await Promise.all([runDelete(), writeOnceEmpty()])
  return { isDeleted, answer }
}

/** Waits until a delete that a driver repeats by mistake has been made. */
export function waitForRepeatedDelete(callMs: number): Promise<void> {
  return sleep(LATE_CALLS * callMs)
}
