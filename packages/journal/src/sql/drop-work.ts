import { changeRows, pipeline, selectRows, type SqlWork } from '@harborage/core/sql'
import { REMEMBERED_ENTRY_IDS } from '../journal-record.ts'
import type { ChangeStatements, DroppedRange } from './change-statements.ts'
import type { GenerationColumns } from './rows.ts'

/** What a range holds, and what is before it. */
export interface Inspected {
  /** The position of the newest entry before the range; `undefined` if there is none. */
  readonly last: number | undefined
  /** The number of entries. */
  readonly count: number
  /** The first position whose id is remembered. Those of older ones are too many. */
  readonly rememberedFrom: number
}

/** Looks at a range that is to be dropped. */
export function* inspectRange(
  { count, findLast, findNthNewest }: ChangeStatements,
  range: DroppedRange,
): SqlWork<Inspected> {
  const [last, counted, oldest] = yield* pipeline<readonly object[]>([
    selectRows(findLast, range),
    selectRows(count, range),
    selectRows(findNthNewest, { ...range, skip: REMEMBERED_ENTRY_IDS - 1 }),
  ])
  return {
    last: numberIn(last, 'position'),
    count: numberIn(counted, 'count') ?? 0,
    rememberedFrom: numberIn(oldest, 'position') ?? range.from_position,
  }
}

function numberIn(rows: readonly object[] | undefined, column: string): number | undefined {
  const [row] = rows ?? []
  return row === undefined ? undefined : Number(Reflect.get(row, column))
}

/** Drops the rows of a range, and remembers the ids of its newest entries. */
export function* dropRange(
  statements: ChangeStatements,
  range: DroppedRange,
  { rememberedFrom }: Pick<Inspected, 'rememberedFrom'>,
): SqlWork<void> {
  yield* pipeline([
    ...(rememberedFrom > range.from_position
      ? [changeRows(statements.remove, { ...range, to_position: rememberedFrom })]
      : []),
    changeRows(statements.removeReplacements, range),
    changeRows(statements.remember, { ...range, bytes: NONE }),
  ])
}

const NONE = new Uint8Array()

/** Forgets all dropped ids but those of the newest entries. */
export function* forgetOldIds(
  { findRemembered, forget }: ChangeStatements,
  generation: GenerationColumns,
): SqlWork<void> {
  const [oldest] = yield* selectRows(findRemembered, {
    ...generation,
    skip: REMEMBERED_ENTRY_IDS - 1,
  })
  if (oldest !== undefined) yield* changeRows(forget, { ...generation, ...oldest })
}
