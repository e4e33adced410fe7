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
]

/** The first version that has a table of kinds. */
const KINDS_TABLE = 3

/** What makes a version without a table of kinds of the sources. */
const withoutKinds: readonly SourceEdit[] = [
  {
    file: dialect,
    from: "import { keyTables } from './postgres-key-tables.ts'",
    to: "import { orderIndexes as keyTables } from './order-index.ts'",
  },
]

/**
 * The versions before the newest, by how many migrations of the state store they know. First the
 * one from which most is changed while others use it, then the latest.
 */
export const earlierVersions: readonly number[] = [2, 4, 1, 3]

/**
 * Returns the sources taken back to an earlier version in what concerns the tables: its migrations,
 * and the statements that need a later one. Everything else is as it is now.
 */
export function buildOf(version: number): BrokenBuild {
  const unknown = later.slice(version - 1).map((from) => ({ file: migrations, from, to: '' }))
  const edits = [...unknown, ...(version < KINDS_TABLE ? withoutKinds : [])]
  for (const { file, from } of edits) {
    // Otherwise it would be another version than it is taken for.
    if (!readFileSync(join(repositoryRoot, file), 'utf8').includes(from)) {
      throw new Error(`version ${version} cannot be made: ${file} does not hold ${from}`)
    }
  }
  return { name: `knows ${version} migrations`, rounds: 1, edits }
}
