import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { allOfSession } from '@harborage/core'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { queryPostgres } from '@harborage/test-kit/postgres/query'

const scope = { tenantId: 't', userId: 'u', sessionId: 's' }

/** A database whose rows are changed without the store. */
interface Place {
  readonly dsn: string
  readonly run: (sql: string) => Promise<unknown>
  readonly drop: () => Promise<void>
}

describe.each([
  ['SQLite', sqliteFile],
  ['Postgres', postgresDatabase],
])('a row on %s', (_engine, open) => {
  let place: Place
  let artifacts: ArtifactStore
  let id: string
  beforeAll(async () => {
    place = await open()
    artifacts = await openArtifactStore({ dsn: place.dsn })
  })
  afterAll(async () => {
    await artifacts.close()
    await place.drop()
  })
  beforeEach(async () => {
    id = (await artifacts.putText(scope, 'content')).id
  })

  test.each([
    ['whose source is no JSON', `source_json = 'my card 4111'`],
    ['whose source is cut off', `source_json = '{"note":"my card 4111'`],
    ['whose source is a list', `source_json = '["my card 4111"]'`],
    ['whose date is none', 'created_at = 9000000000000000'],
    ['whose size is less than nothing', 'size_bytes = -4111'],
  ])('%s is artifact_corrupt, and can be deleted and put again', async (_, change) => {
    await place.run(`update artifacts_blobs set ${change}`)
    for (const call of [
      () => artifacts.getRef(scope, id),
      () => artifacts.getRefs(scope, [id]),
      () => artifacts.exists(scope, id),
      () => artifacts.list(scope)[Symbol.asyncIterator]().next(),
      () => artifacts.putText(scope, 'content'),
    ]) {
      const failure = await failureOf(call())
      expect(failure).toMatchObject({ code: 'artifact_corrupt', retryable: false })
      expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain('4111')
      expect(String(failure.cause)).not.toContain('4111')
    }
    expect(await artifacts.delete(scope, id)).toBe(true)
    expect((await artifacts.putText(scope, 'content')).id).toBe(id)
  })

  test.each(['0', '3', '9000000000000'])(
    'with the size %s is artifact_corrupt where its bytes are read, and can be deleted',
    async (size) => {
      await place.run(`update artifacts_blobs set size_bytes = ${size}`)
      expect((await failureOf(artifacts.getText(scope, id))).code).toBe('artifact_corrupt')
      expect(await artifacts.delete(scope, id)).toBe(true)
    },
  )

  test('without a checksum is compared with its digest', async () => {
    await place.run(`update artifacts_blobs set checksum = ''`)
    for (const verify of ['checksum', 'digest'] as const) {
      expect(await artifacts.getText(scope, id, { verify })).toBe('content')
    }
    const other = await artifacts.putText(scope, 'another')
    await place.run(
      `update artifacts_blobs set checksum = '', sha256 = '${other.sha256.replace(/^./, 'x')}'
       where id = '${other.id}'`,
    )
    const failure = await failureOf(artifacts.getText(scope, other.id))
    expect(failure.code).toBe('artifact_corrupt')
    expect(await artifacts.delete(scope, other.id)).toBe(true)
  })

  test('of an earlier release is read after the columns of checksums and expiry were added', async () => {
    for (const column of ['checksum', 'expires_at']) {
      await place.run(`alter table artifacts_blobs drop column ${column}`)
    }
    await place.run(`delete from harbor_artifacts_migrations where name > '0002'`)
    await using newer = await openArtifactStore({ dsn: place.dsn })
    // As a process of the earlier release goes on to put.
    await place.run(
      `insert into artifacts_blobs (${EARLIER_COLUMNS})
       select ${EARLIER_COLUMNS.replace('task_id', `'earlier'`)} from artifacts_blobs`,
    )
    const added = await newer.putText(scope, 'added'.repeat(10_000))
    for (const verify of ['checksum', 'digest'] as const) {
      expect(await newer.getText(scope, id, { verify })).toBe('content')
      expect(await newer.getText({ ...scope, taskId: 'earlier' }, id, { verify })).toBe('content')
      expect(await newer.getText(scope, added.id, { verify })).toBe('added'.repeat(10_000))
      expect(await newer.getRef(scope, id)).toMatchObject({ expiresAt: undefined })
    }
    await place.run(`update artifacts_blobs set sha256 = 'none' where id = '${id}'`)
    expect((await failureOf(newer.getText(scope, id))).code).toBe('artifact_corrupt')
    expect(await newer.deleteAll(allOfSession(scope))).toMatchObject({ remaining: 0 })
  })
})

const EARLIER_COLUMNS =
  'tenant_id, user_id, session_id, task_id, namespace, id, mime_type, size_bytes, filename, sha256, source_json, created_at, bytes'

async function sqliteFile(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-damaged-rows-'))
  const file = join(folder, 'artifacts.db')
  return {
    dsn: `sqlite:${file}`,
    async run(sql) {
      const database = new BetterSqlite3(file)
      database.exec(sql)
      database.close()
    },
    drop: () => rm(folder, { recursive: true }),
  }
}

async function postgresDatabase(): Promise<Place> {
  const created = await createDatabaseWithTables()
  const { dsn } = created
  return { dsn, run: (sql) => queryPostgres(dsn, sql), drop: () => created.drop() }
}
