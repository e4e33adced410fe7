import { allOfSession, createEventBus, type Database } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'
import {
  migrateSubsystem,
  requireSqlDatabase,
  type SqlDatabase,
  type SqlDialect,
} from '@harborage/core/sql'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { memorySubsystem, openSqlMemoryDriver } from '@harborage/memory/sql'
import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import { failureOf } from '@harborage/test-kit/failure-of'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { openPlace } from './support/places.ts'
import { everyEngine, sqlitePlace, type TestPlace } from './support/test-place.ts'

const ann = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const FIRST = '0001_create_memory_state'
const LATER = Object.keys(memorySubsystem.migrations).filter((name) => name !== FIRST)

const passage = { text: 'The lamp is on the shelf.', bytes: Uint8Array.of(7) }

function openMemory(database: Database, migrate: 'apply' | 'verify'): Promise<MemoryStore> {
  return openMemoryStore({ database, migrate, strategy: 'truncation', bus: createEventBus() })
}

/** Makes a place as the version before passages left it, with one conversation. */
async function makeEarlier(engine: string, place: TestPlace): Promise<void> {
  {
    await using database = await openPlace(place)
    await using memory = await openMemory(database, 'apply')
    await memory.addTurn(ann, { userMessage: 'Hello.', assistantResponse: 'Hi.' })
  }
  const names = LATER.map((name) => `'${name}'`).join(', ')
  const words = engine === 'sqlite' ? 'drop table memory_passages_words;' : ''
  await place.runScript(`${words} drop table memory_passages;
    delete from harbor_memory_migrations where name in (${names})`)
}

const ofStore = (line: string): boolean => !line.includes('steps') && !line.startsWith('schema')

describe.for(everyEngine)('on $engine', ({ engine, makePlace }) => {
  test('a database of the version before passages is upgraded, and keeps its conversations', async () => {
    await using place = await makePlace()
    await makeEarlier(engine, place)
    await using first = await makePlace()
    {
      const { name, packageName, migrations } = memorySubsystem
      const only = Object.fromEntries(
        Object.entries(migrations).filter(([migration]) => migration === FIRST),
      )
      await using database = await openPlace(first)
      const earlier = { name, packageName, migrations: only }
      await migrateSubsystem(requireSqlDatabase(database), earlier, 'apply')
    }
    expect((await place.structure()).filter(ofStore)).toEqual(
      (await first.structure()).filter(ofStore),
    )
    await using database = await openPlace(place)
    const failure = await failureOf(openMemory(database, 'verify'))
    expect(failure).toMatchObject({ code: 'schema_outdated' })
    expect(failure.message).toContain(LATER.join(', '))
    await using memory = await openMemory(database, 'apply')
    expect((await memory.getLlmContext(ann)).recentTurns).toMatchObject([{ userMessage: 'Hello.' }])
    await memory.passages.replace(ann, 'messages', [passage])
    await using again = await openMemory(database, 'verify')
    expect(await again.passages.search(allOfSession(ann), 'messages', 'lamp')).toHaveLength(1)
  })
})

describe('on SQLite', () => {
  test.for([
    ['table memory_passages', 'the table memory_passages is gone'],
    ['table memory_passages_words', 'the table memory_passages_words is gone'],
    ['trigger memory_passages_words_insert', 'the trigger memory_passages_words_insert'],
    ['trigger memory_passages_words_delete', 'the trigger memory_passages_words_delete'],
  ] as const)('opening is refused without the %s', async ([what, message]) => {
    await using place = await sqlitePlace()
    {
      await using database = await openPlace(place)
      await using _memory = await openMemory(database, 'apply')
    }
    await place.runScript(`drop ${what}`)
    for (const migrate of ['apply', 'verify'] as const) {
      await using database = await openPlace(place)
      const failure = await failureOf(openMemory(database, migrate))
      expect(failure).toMatchObject({ code: 'invalid_config', retryable: false })
      expect(failure.message).toContain(message)
      expect(failure.message).toContain('restore it')
    }
  })

  test('a build of SQLite without FTS5 is refused, with what to do', async () => {
    await using place = await sqlitePlace()
    const advice = 'compile SQLite with SQLITE_ENABLE_FTS5'
    for (const isMade of [false, true]) {
      if (isMade) {
        await using database = await openPlace(place)
        await using _memory = await openMemory(database, 'apply')
      }
      for (const migrate of isMade ? (['apply', 'verify'] as const) : (['apply'] as const)) {
        await using database = await openSqlite({ dsn: `sqlite:${place.dsn}` })
        const bare = new WithoutFts(requireSqlDatabase(database))
        const failure = await failureOf(openSqlMemoryDriver(bare, migrate))
        expect(failure).toMatchObject({ code: 'invalid_config', retryable: false })
        expect(failure.message).toContain('built without fts0')
        expect(failure.message).toContain(advice)
      }
    }
  })
})

/** A database whose words are kept by a module that no build of SQLite has, in place of FTS5. */
class WithoutFts extends DelegatingDatabase {
  override readonly dialect: SqlDialect

  constructor(real: SqlDatabase) {
    super(real)
    const { words } = real.dialect
    this.dialect = {
      ...real.dialect,
      words: {
        ...words,
        create: async (db) => {
          await sql`create virtual table memory_passages_words using fts0(words)`.execute(db)
        },
        objectsOf: (table, index) => ({ ...words.objectsOf(table, index), modules: ['fts0'] }),
      },
    }
  }
}
