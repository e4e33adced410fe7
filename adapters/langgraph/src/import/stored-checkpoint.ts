import type { SourceSerializer } from './source-serializer.ts'
import type { StoredRow } from './stored-row.ts'
import type { CheckpointName, SourceWrite } from './thread-source.ts'

/** The columns of a checkpoint's name, which have the same names in all tables. */
export const NAME_COLUMNS = 'checkpoint_ns, checkpoint_id'

/** The type of values that were stored without one. */
const USUAL_TYPE = 'json'

/** Returns the name of the checkpoint of a row. */
export function storedName(row: StoredRow): CheckpointName {
  return { namespace: row.text('checkpoint_ns'), id: row.text('checkpoint_id') }
}

/** Resolves to the value of a column, whose serializer's type is in the column `type`. */
export function storedValue(
  serializer: SourceSerializer,
  threadId: string,
  row: StoredRow,
  column: string,
): Promise<unknown> {
  const type = row.optionalText('type') ?? USUAL_TYPE
  return serializer.load(threadId, type, row.serialized(column))
}

/** Resolves to the writes of rows, whose values are in a column. */
export function storedWrites(
  serializer: SourceSerializer,
  threadId: string,
  rows: readonly StoredRow[],
  column: string,
): Promise<readonly SourceWrite[]> {
  return Promise.all(
    rows.map(async (row) => ({
      taskId: row.text('task_id'),
      taskPath: row.optionalText('task_path') ?? '',
      index: row.integer('idx'),
      channel: row.text('channel'),
      value: await storedValue(serializer, threadId, row, column),
    })),
  )
}
