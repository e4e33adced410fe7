import type { BrokenBuild, SourceEdit } from '../../harness/fault-row.ts'
import type { PlaceName } from './places.ts'

const ROUNDS = 4

const looksNothingUp = broken('does not look ids up before it appends again', {
  file: 'packages/journal/src/sql/append-work.ts',
  from: 'return new Map(found.flatMap((each) => (each === undefined ? [] : [each])))',
  to: 'return new Map(found.flatMap(() => []))',
})

const replacesAgain = broken('makes a replacement again that is repeated', {
  file: 'packages/journal/src/sql/replace-work.ts',
  from: 'operations: locked === undefined ? [] : operationsOf(locked),',
  to: 'operations: [],',
})

const acknowledgesEarly = broken('acknowledges an append before it is on disk', {
  file: 'packages/driver-postgres/src/internal/client-pool.ts',
  from: `application_name: 'harborage',`,
  to: `application_name: 'harborage', options: '-c synchronous_commit=off',`,
})

const skipsEntries = broken('lets a follower skip what comes after a page', {
  file: 'packages/journal/src/internal/follow-stream.ts',
  from: 'cursor = { generation: followed.generation, position: followed.position }',
  to: 'cursor = { generation: followed.generation, position: followed.position + 1 }',
})

export const brokenBuilds: readonly BrokenBuild[] = [
  looksNothingUp,
  replacesAgain,
  acknowledgesEarly,
  skipsEntries,
]

/** The only place at which a broken build can show. */
export const placeOf: ReadonlyMap<BrokenBuild, PlaceName> = new Map([
  [looksNothingUp, 'Postgres'],
  [acknowledgesEarly, 'a server that crashes'],
])

function broken(name: string, edit: SourceEdit): BrokenBuild {
  return { name, rounds: ROUNDS, edits: [edit] }
}
