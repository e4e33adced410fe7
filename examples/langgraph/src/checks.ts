import type { Tally } from './tally.ts'
import type { Moment } from './thread-tree.ts'

/** Something that has to be true at the end. */
export interface Check {
  readonly says: string
  readonly holds: boolean
}

/** Returns what has to be true of what the tools did, and of what the thread holds. */
export function checksOf(tally: Tally, thread: Moment | undefined): readonly Check[] {
  const ends = thread === undefined ? [] : endings(thread)
  return [
    {
      says: 'read_order and ask_warehouse had answered before the kill: not asked again',
      holds: ['read_order', 'ask_warehouse'].every((tool) => tally.begun(tool) === 1),
    },
    {
      says: 'ask_carrier was under way: it began twice, and answered once',
      holds: tally.begun('ask_carrier') === 2 && tally.ended('ask_carrier') === 1,
    },
    {
      says: 'the thread has both endings: one with the refund, and one without',
      holds:
        ends.length === 2 &&
        ends.some((text) => text.includes('is refunded')) &&
        ends.some((text) => text.includes('cannot refund')),
    },
  ]
}

/** Returns the last message of each end of a thread. */
function endings({ added, next }: Moment): readonly string[] {
  return next.length === 0 ? [added.at(-1)?.text ?? ''] : next.flatMap(endings)
}
