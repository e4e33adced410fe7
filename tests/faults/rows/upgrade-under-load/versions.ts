import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import type { BrokenBuild, SourceEdit } from '../../harness/fault-row.ts'

const migrations = 'packages/state/src/sql/migrations.ts'
const dialect = 'packages/core/src/sql/dialects/postgres.ts'

/** The migrations of the state store after the first, as its sources list them. */
const later: readonly string[] = [
  "'0002_index_by_kind': indexByKind,",
  "'0003_move_kinds_to_their_table': moveKindsToTheirTable,",
  "'0004_keep_event_ids_apart': keepEventIdsApart,",
  "'0005_keep_kinds_in_any_schema': keepKindsInAnySchema,",
  "'0006_add_created_at': addCreatedAt,",
  "'0008_add_expiry': addExpiry,",
]

/** The first version that has a table of kinds. */
const KINDS_TABLE = 3

/** The first version that records when a slot was filled. */
export const CREATED_AT = 6

/** The first version with records that expire. */
const EXPIRY = 7

/** What makes a version without a table of kinds of the sources. */
const withoutKinds: readonly SourceEdit[] = [
  {
    file: dialect,
    from: "import { keyTables } from './postgres-key-tables.ts'",
    to: "import { orderIndexes as keyTables } from './order-index.ts'",
  },
]

/** What makes a version that knows no `created_at` of the sources. */
const withoutCreatedAt: readonly SourceEdit[] = [
  { file: 'packages/state/src/sql/tables.ts', from: "created_at: 'timestamp',", to: '' },
  {
    file: 'packages/state/src/sql/rows.ts',
    from: 'created_at: record.updatedAt.getTime(),',
    to: '',
  },
  {
    file: 'packages/state/src/sql/save-statement.ts',
    from: 'created_at: creationOver(dialect, sql`excluded.created_at`),',
    to: '',
  },
  {
    file: 'packages/state/src/sql/statements.ts',
    from: 'created_at: creationOver(dialect, sql<number>`${row.created_at}`),',
    to: '',
  },
  {
    file: 'packages/state/src/sql/stored-content.ts',
    from: 'created_at: created,',
    to: 'created_at: created = NOT_RECORDED,',
  },
]

/** What makes a version that knows no `expiry` of the sources. */
const withoutExpiry: readonly SourceEdit[] = [
  { file: 'packages/state/src/sql/tables.ts', from: "expiry: 'text',", to: '' },
  {
    file: 'packages/state/src/sql/expiry.ts',
    from: 'expiry: sql`state_records.expiry`',
    to: "expiry: sql`''`",
  },
  {
    file: 'packages/state/src/sql/save-statement.ts',
    from: "expiry: update.ref('excluded.expiry'),",
    to: '',
  },
  { file: 'packages/state/src/sql/statements.ts', from: 'expiry: row.expiry,', to: '' },
  {
    file: 'packages/state/src/sql/stored-content.ts',
    from: ', expiry } = row',
    to: ", expiry = '' } = row",
  },
]

/** What makes a version whose memory store knows no passages of the sources. */
const withoutPassages: readonly SourceEdit[] = [
  {
    file: 'packages/memory/src/sql/migrations.ts',
    from: "'0002_create_memory_passages': createMemoryPassages,",
    to: '',
  },
  {
    file: 'packages/memory/src/sql/migrations.ts',
    from: 'tables: [memoryState.spec, memoryPassages.spec],',
    to: 'tables: [memoryState.spec],',
  },
  {
    file: 'packages/memory/src/sql/sql-memory-driver.ts',
    from: 'this.passages = new SqlPassages(database, this.#statements.passages)',
    to: '',
  },
]

/**
 * The versions before the newest, by how many migrations of the state store they know. First the
 * one from which most is changed while others use it, then the latest.
 */
export const earlierVersions: readonly number[] = [2, 6, 1, 3, 4, 5]

/**
 * Returns the sources taken back to an earlier version in what concerns the tables: its migrations,
 * and the statements that need a later one. Everything else is as it is now.
 */
export function buildOf(version: number): BrokenBuild {
  const unknown = later.slice(version - 1).map((from) => ({ file: migrations, from, to: '' }))
  const edits = [
    ...unknown,
    ...withoutPassages,
    ...(version < KINDS_TABLE ? withoutKinds : []),
    ...(version < CREATED_AT ? withoutCreatedAt : []),
    ...(version < EXPIRY ? withoutExpiry : []),
  ]
  for (const { file, from } of edits) {
    // Otherwise it would be another version than it is taken for.
    if (!readFileSync(join(repositoryRoot, file), 'utf8').includes(from)) {
      throw new Error(`version ${version} cannot be made: ${file} does not hold ${from}`)
    }
  }
  return { name: `knows ${version} migrations`, rounds: 1, edits }
}
