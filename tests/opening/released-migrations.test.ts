import { artifactsSubsystem } from '@harborage/artifacts/sql'
import {
  migrateSubsystem,
  requireSqlDatabase,
  stepsSubsystem,
  type Subsystem,
} from '@harborage/core/sql'
import { journalSubsystem } from '@harborage/journal/sql'
import { memorySubsystem } from '@harborage/memory/sql'
import { stateSubsystem } from '@harborage/state/sql'
import { describe, expect, test } from 'vitest'
import { openPlace } from './support/places.ts'
import { everyEngine } from './support/test-place.ts'

const subsystems: readonly Subsystem[] = [
  stateSubsystem,
  artifactsSubsystem,
  memorySubsystem,
  stepsSubsystem,
  journalSubsystem,
]

/** What differs between servers, or is no table of a store. */
const leftOut = /^compression |harbor_\w+_migrations/

describe.for(everyEngine)('on $engine', ({ engine, makePlace }) => {
  // Each is the layout of replicas that run somewhere. A released migration never makes another
  // one, even if the dialect changes; a further migration adds its own layout at the end.
  test.for(subsystems)(
    'each migration of $name creates the same as when it was released',
    async ({ name, packageName, migrations, optional }) => {
      await using place = await makePlace()
      const layouts: string[] = []
      const known = Object.entries(migrations)
      for (const [index, [migration]] of known.entries()) {
        await using database = await openPlace(place)
        const until = Object.fromEntries(known.slice(0, index + 1))
        await migrateSubsystem(
          requireSqlDatabase(database),
          { name, packageName, migrations: until },
          'apply',
        )
        const structure = await place.structure()
        layouts.push(`== ${migration}`, ...structure.filter((line) => !leftOut.test(line)))
      }
      if (optional !== undefined) {
        await using other = await makePlace()
        await using database = await openPlace(other)
        const declined = {
          name,
          packageName,
          migrations,
          optional: { ...optional, isWanted: true },
        }
        await migrateSubsystem(requireSqlDatabase(database), declined, 'apply')
        const structure = await other.structure()
        layouts.push(`== ${optional.name}`, ...structure.filter((line) => !leftOut.test(line)))
      }
      await expect(`${layouts.join('\n')}\n`).toMatchFileSnapshot(
        `fixtures/layouts/${name}-${engine}.txt`,
      )
    },
  )
})
