import { migrateSubsystem, requireSqlDatabase, type Subsystem } from '@harborage/core/sql'
import { describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { openPlace } from './support/places.ts'
import { everyEngine, type TestPlace } from './support/test-place.ts'

const longest = 'n'.repeat(40)

async function migrate(place: TestPlace, subsystem: Partial<Subsystem>): Promise<void> {
  await using database = await openPlace(place)
  const migrations = {
    '0001_create_notes': async (db) => {
      await db.schema.createTable('notes').addColumn('id', 'text').execute()
    },
  } satisfies Subsystem['migrations']
  const notes = { name: 'notes', packageName: 'notes-store', migrations, ...subsystem }
  await migrateSubsystem(requireSqlDatabase(database), notes, 'apply')
}

describe.for(everyEngine)('on $engine', ({ makePlace }) => {
  test('a subsystem may have a name of 40 characters', async () => {
    await using place = await makePlace()
    await migrate(place, { name: longest })
    await migrate(place, { name: longest })
    const structure = (await place.structure()).join('\n')
    expect(structure).toContain(`harbor_${longest}_migrations_lock`)
  })

  test.for([
    ['is empty', ''],
    ['has a capital and a dash', 'My-Store'],
    ['has a quote', "x'; drop"],
    ['has a letter beyond ASCII', 'größe'],
    ['ends in a line feed', 'notes\n'],
    ['is longer than Postgres allows', `${longest}n`],
    ['is no string', 7 as never],
  ] as const)('a name that %s is invalid_config, and changes nothing', async ([, name]) => {
    await using place = await makePlace()
    const before = await place.structure()
    expect(await failureOf(migrate(place, { name }))).toMatchObject({ code: 'invalid_config' })
    expect(await place.structure()).toEqual(before)
  })

  test.for(['state', 'artifacts', 'memory'])(
    'the name %s is that of a store of Harborage, and invalid_config for another one',
    async (name) => {
      await using place = await makePlace()
      const before = await place.structure()
      const failure = await failureOf(migrate(place, { name }))
      expect(failure.code).toBe('invalid_config')
      expect(failure.message).toContain('notes-store')
      expect(await place.structure()).toEqual(before)
    },
  )

  test('the name of a store in use is invalid_config for a store of another package', async () => {
    await using place = await makePlace()
    await migrate(place, { name: 'journal', packageName: 'journal-store' })
    const failure = await failureOf(migrate(place, { name: 'journal' }))
    expect(failure.code).toBe('invalid_config')
    expect(failure.message).toContain('journal-store')
  })
})
