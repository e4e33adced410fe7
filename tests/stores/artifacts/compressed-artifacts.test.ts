import { openArtifactStore } from '@harborage/artifacts'
import { openPostgres } from '@harborage/driver-postgres'
import { expect, test } from 'vitest'

import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { recordStatements } from './support/record-statements.ts'

const SIZE = 64 * 1024 * 1024
const scope = { tenantId: 't', userId: 'u', sessionId: 's' }

test('Postgres decompresses a large artifact from its beginning at most nine times', async () => {
  const created = await createDatabaseWithTables()
  await using opened = await openPostgres({ dsn: created.dsn })
  const { database, recorded } = recordStatements(opened)
  await using artifacts = await openArtifactStore({ database })
  const { id } = await artifacts.putBytes(scope, new Uint8Array(SIZE))
  const before = recorded.length
  expect(await artifacts.get(scope, id)).toHaveLength(SIZE)
  expect(recorded.length - before).toBeLessThanOrEqual(9)
  await artifacts.close()
  await opened.close()
  await created.drop()
})
