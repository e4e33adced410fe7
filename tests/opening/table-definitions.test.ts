import { openArtifactStore } from '@harborage/artifacts'
import { artifactsSubsystem } from '@harborage/artifacts/sql'
import { createEventBus } from '@harborage/core'
import {
  createTable,
  requireSqlDatabase,
  stepsSubsystem,
  type TableSpec,
} from '@harborage/core/sql'
import { openJournalStore } from '@harborage/journal'
import { journalSubsystem } from '@harborage/journal/sql'
import { openMemoryStore } from '@harborage/memory'
import { memorySubsystem } from '@harborage/memory/sql'
import { openStateStore } from '@harborage/state'
import { stateSubsystem } from '@harborage/state/sql'
import { describe, expect, test } from 'vitest'
import { openPlace, type Place } from './support/places.ts'
import { everyEngine, type TestPlace } from './support/test-place.ts'

const tables = [
  stateSubsystem,
  artifactsSubsystem,
  memorySubsystem,
  journalSubsystem,
  stepsSubsystem,
].flatMap((subsystem) => subsystem.tables ?? [])

/** Changes of a definition that the comparison has to notice. */
const changes: readonly { what: string; of: (spec: TableSpec) => TableSpec }[] = [
  { what: 'a type', of: (spec) => ({ ...spec, columns: { ...spec.columns, kind: 'integer' } }) },
  { what: 'a column', of: (spec) => ({ ...spec, columns: { ...spec.columns, more: 'text' } }) },
  { what: 'the key', of: (spec) => ({ ...spec, key: spec.key.toReversed() }) },
  { what: 'what is unique', of: (spec) => ({ ...spec, unique: [] }) },
  { what: 'an order', of: (spec) => ({ ...spec, keyOrders: [] }) },
]

/** Returns all definitions, with one more column of artifacts. */
function withPages(defaults: TableSpec['defaults']): readonly TableSpec[] {
  return tables.map((spec): TableSpec =>
    spec.name === 'artifacts_blobs'
      ? {
          ...spec,
          columns: { ...spec.columns, pages: 'integer' },
          defaults: { ...spec.defaults, ...defaults },
        }
      : spec,
  )
}

async function migrate(place: Place): Promise<void> {
  await using database = await openPlace(place)
  await using _state = await openStateStore({ database })
  await using _artifacts = await openArtifactStore({ database })
  await using _memory = await openMemoryStore({
    database,
    strategy: 'none',
    bus: createEventBus(),
  })
  await using _journal = await openJournalStore({ database })
}

async function create(place: Place, specs: readonly TableSpec[]): Promise<void> {
  await using database = await openPlace(place)
  const engine = requireSqlDatabase(database)
  await engine.migrate({ name: 'harbor-test', tables: [] }, async (db) => {
    for (const spec of specs) await createTable(db, engine.dialect, engine.schema, spec)
  })
}

/** Resolves to the structure without the ledgers of the migrations, which belong to no store. */
async function structureOf(place: TestPlace): Promise<readonly string[]> {
  const lines = await place.structure()
  return lines.filter((line) => !/harbor_\w+_migrations/.test(line)).map(withConstraintsLast)
}

/**
 * Returns a line with the constraints of its table behind the columns. SQLite keeps the text of a
 * table, and puts a column that is added later behind the constraints.
 */
function withConstraintsLast(line: string): string {
  const [, beginning, body] = /^(table \w+ CREATE TABLE "\w+" \()(.*)\)$/s.exec(line) ?? []
  if (beginning === undefined || body === undefined) return line
  const parts = body.split(/, (?=(?:"\w+" \w+ |constraint "))/)
  const isConstraint = (part: string): boolean => part.startsWith('constraint ')
  return `${beginning}${[...parts.filter((part) => !isConstraint(part)), ...parts.filter(isConstraint)].join(', ')})`
}

describe.for(everyEngine)('on $engine', ({ makePlace }) => {
  test('the definitions of the tables create the same as all migrations', async () => {
    await using migrated = await makePlace()
    await using defined = await makePlace()
    await Promise.all([migrate(migrated), create(defined, tables)])
    const structure = await structureOf(migrated)
    expect(structure.length).toBeGreaterThan(3)
    expect(await structureOf(defined)).toEqual(structure)
  })

  test('a column that a migration adds is the same as one with a default in the definition', async () => {
    await using migrated = await makePlace()
    await using defined = await makePlace()
    await using withoutDefault = await makePlace()
    await migrate(migrated)
    await migrated.runScript(
      'alter table artifacts_blobs add column "pages" bigint default 0 not null',
    )
    await create(defined, withPages({ pages: 0 }))
    await create(withoutDefault, withPages({}))
    const structure = await structureOf(migrated)
    expect(await structureOf(defined)).toEqual(structure)
    expect(await structureOf(withoutDefault)).not.toEqual(structure)
  })

  test.for(changes)('a definition with another $what creates a different table', async ({ of }) => {
    await using migrated = await makePlace()
    await using defined = await makePlace()
    const changed = tables.map((spec) => (spec.name === 'state_records' ? of(spec) : spec))
    await Promise.all([migrate(migrated), create(defined, changed)])
    expect(await structureOf(defined)).not.toEqual(await structureOf(migrated))
  })
})
