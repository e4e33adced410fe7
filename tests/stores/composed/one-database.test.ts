import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { type Database, newEventId } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore, type StateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { overOwnPool } from '@harborage/test-kit/postgres/suite-database'
import { deleteSession } from '@harborage/test-kit/delete-session'

const CALLERS = 64

interface Opened {
  readonly database: Database
  readonly close: () => Promise<void>
}

describe.each([
  ['one SQLite file', openSqliteFile],
  ['one SQLite database without a file', openSqliteMemory],
  ['one Postgres pool', openPostgresPool],
])('state and artifacts on %s', (_, openDatabase) => {
  let opened: Opened
  let state: StateStore
  let artifacts: ArtifactStore
  beforeAll(async () => {
    opened = await openDatabase()
    const { database } = opened
    state = await openStateStore({ database })
    artifacts = await openArtifactStore({ database })
  })
  afterAll(async () => {
    await state.close()
    await artifacts.close()
    await opened.close()
  })

  test('keep their data under the same identity apart', async () => {
    const identity = { tenantId: 'acme', userId: 'ann', sessionId: 'apart' }
    const ref = await artifacts.putText(identity, 'heavy output')
    await state.save(recordOf(identity, ref.id))
    expect(await deleteSession(state, identity)).toBe(1)
    expect(await artifacts.getText(identity, ref.id)).toBe('heavy output')
    await state.save(recordOf(identity, ref.id))
    expect(await deleteSession(artifacts, identity)).toBe(1)
    expect(new TextDecoder().decode((await state.load(identity, 'output'))?.bytes)).toBe(ref.id)
  })

  test(`serve ${CALLERS} callers of both at once`, async () => {
    const identity = { tenantId: 'acme', userId: 'ann', sessionId: 'busy' }
    const callers = Array.from({ length: CALLERS }, (_unused, caller) => `${caller}`)
    const texts = await Promise.all(
      callers.map(async (runId) => {
        const ref = await artifacts.putText(identity, `output of ${runId}`)
        await state.save(recordOf({ ...identity, runId }, ref.id))
        const record = await state.loadOrThrow({ ...identity, runId }, 'output')
        return artifacts.getText(identity, new TextDecoder().decode(record.bytes))
      }),
    )
    expect(texts).toEqual(callers.map((runId) => `output of ${runId}`))
  })

  test('leave the database open for the other one', async () => {
    const { database } = opened
    const identity = { tenantId: 'acme', userId: 'ann', sessionId: 'closing' }
    const [first, second] = [
      await openArtifactStore({ database }),
      await openStateStore({ database }),
    ]
    const ref = await first.putText(identity, 'kept')
    await first.close()
    await second.save(recordOf(identity, ref.id))
    await second.close()
    expect(await artifacts.getText(identity, ref.id)).toBe('kept')
    expect(await state.load(identity, 'output')).toBeDefined()
  })
})

function recordOf(identity: Parameters<StateStore['load']>[0], text: string) {
  return { eventId: newEventId(), identity, kind: 'output', bytes: new TextEncoder().encode(text) }
}

async function openSqliteFile(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-shared-'))
  const database = await openSqlite({ dsn: join(folder, 'agent.db') })
  return {
    database,
    async close() {
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function openSqliteMemory(): Promise<Opened> {
  const database = await openSqlite({ dsn: ':memory:' })
  return { database, close: () => database.close() }
}

async function openPostgresPool(): Promise<Opened> {
  const created: TestDatabase = await createDatabase()
  const { database, release } = await overOwnPool(created.dsn)
  return {
    database,
    async close() {
      await database.close()
      await release()
      await created.drop()
    },
  }
}
