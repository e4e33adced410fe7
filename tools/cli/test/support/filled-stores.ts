import { join } from 'node:path'
import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, newEventId, tenantOwner, userOwner, type Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { onTestFinished } from 'vitest'

/** The session that {@link fill} fills. */
export const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
/** Its run. */
export const run = { ...session, runId: 'r1' }
/** The options that select them. */
export const ofSession = ['-t', 'acme', '-u', 'ann', '-s', 's1'] as const
export const ofRun = [...ofSession, '-r', 'r1'] as const

/** A database of a test. */
export interface TestPlace {
  /** The variables with which a command finds it. */
  readonly env: Readonly<Record<string, string>>
  readonly dsn: string
  open(): Promise<Database>
}

/** The engines on which the commands are tested. On Postgres, the tables are there already. */
export const engines = {
  async SQLite(): Promise<TestPlace> {
    const dsn = `sqlite:${join(await temporaryFolder(), 'agent.db')}`
    return { dsn, env: { HARBORAGE_DATABASE: dsn }, open: () => openSqlite({ dsn }) }
  },
  async Postgres(): Promise<TestPlace> {
    return placeOf(await createDatabaseWithTables())
  },
} as const

/** The same without tables. */
export const withoutTables = {
  SQLite: () => engines.SQLite(),
  async Postgres(): Promise<TestPlace> {
    return placeOf(await createDatabase())
  },
} as const

function placeOf(created: TestDatabase): TestPlace {
  const { dsn } = created
  onTestFinished(() => created.drop())
  return { dsn, env: { HARBORAGE_DATABASE: dsn }, open: () => openPostgres({ dsn, max: 2 }) }
}

/** Saves something of each sort, for two tenants. */
export async function fill(at: TestPlace): Promise<void> {
  await using database = await at.open()
  await using state = await openStateStore({ database })
  await using artifacts = await openArtifactStore({ database })
  const rules = { strategy: 'truncation', bus: createEventBus() } as const
  await using memory = await openMemoryStore({ database, ...rules })
  await using journal = await openJournalStore({ database })
  const save = (
    identity: Parameters<typeof state.save>[0]['identity'],
    kind: string,
    content: string | Uint8Array,
  ) => state.save({ eventId: newEventId(), identity, kind, bytes: Buffer.from(content) })
  await save(session, 'session.cart', '{"tea":[1,2],"none":{}}')
  await save(session, 'session.note', 'two\nlines')
  await save(run, 'task.checkpoint', Uint8Array.of(1, 255))
  await save(userOwner({ tenantId: 'acme', userId: 'ann' }), 'preferences', '"dark"')
  await save(tenantOwner({ tenantId: 'acme' }), 'settings', '{}')
  await save({ ...session, tenantId: 'globex' }, 'session.cart', 'theirs')
  await artifacts.putText({ ...session, taskId: 't1' }, 'a page', { filename: 'page.txt' })
  await memory.addTurn(session, { userMessage: 'Hello.', assistantResponse: 'Hi.' })
  await memory.addTurn(session, { userMessage: 'And?', assistantResponse: 'Yes.' })
  const passage = (text: string) => ({ text, bytes: Buffer.from(text), createdAt: new Date(5) })
  await memory.passages.replace(session, 'messages', [passage('Hello.'), passage('And?')])
  const onlyPassages = { tenantId: 'initrode', userId: 'eve', sessionId: 's9' }
  await memory.passages.replace(onlyPassages, 'messages', [passage('Is there a lamp?')])
  const entry = (text: string) => ({
    entryId: newEventId(),
    type: 'message',
    bytes: Buffer.from(text),
  })
  await journal.append(run, 'events', [entry('{"n":1}'), entry('{"n":2}'), entry('{"n":3}')])
}
